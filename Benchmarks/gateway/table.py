"""The results of a run as a table in Markdown."""

# Per cell: heading and figure of each column.
COLUMNS = {
    "conn-1": [("1 conn p50 ms", "p50_ms")],
    "conn-16": [("16 conn rps", "rps")],
    "conn-64": [("64 conn rps", "rps"), ("CPU us", "cpu_us"), ("RSS MB", "rss_mb")],
    "prompt-100k": [("100 KB CPU us", "cpu_us")],
    "sse-16": [("SSE 16 TTFT p50", "ttft_p50"), ("token p50", "token_p50"),
               ("p99", "token_p99"), ("late 30-45 ms", "plateau")],
    "sse-64": [("SSE 64 TTFT p50", "ttft_p50"), ("token p50", "token_p50"),
               ("p99", "token_p99"), ("late 30-45 ms", "plateau")],
    "open-200": [("200/s p50 ms", "p50_ms")],
    "idle-streams": [("idle streams", "streams"), ("RSS MB", "rss_mb")],
}


def table(results, systems, cells, missing):
    """One row for each system; failures of any kind in the last column."""
    columns = [(cell, *column) for cell in cells for column in COLUMNS[cell]]
    rows = [["system", *(heading for _, heading, _ in columns), "failed"]]
    rows.append(["---"] + ["---:"] * (len(columns) + 1))
    for system in systems:
        figures = [results.get((system, cell), {}).get(key) for cell, _, key in columns]
        failed = sum(results.get((system, cell), {}).get("bad", 0) for cell in cells)
        rows.append([system, *map(text, figures), text(failed)])
    for system, reason in missing.items():
        rows.append([system, f"missing: {reason}"] + [""] * len(columns))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def text(figure):
    if figure is None:
        return ""
    if figure == int(figure):
        return str(int(figure))
    return f"{figure:.0f}" if figure >= 1000 else f"{figure:.3g}"
