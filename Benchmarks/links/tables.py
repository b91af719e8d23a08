"""The JSON lines of a run as Markdown tables."""

FIGURES = ("late", "fewer_times", "extra_pct", "p50_ms", "p99_ms", "p99.9_ms")


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
                     + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def replay(lines, late):
    """Means over the seeds of the second link."""
    sums = {}
    for line in lines:
        sums.setdefault((line["trace"], line["method"]), []).append(line)
    rows = []
    for (trace, method), each in sums.items():
        mean = {name: sum(float(line[name] or 0) for line in each) / len(each) for name in FIGURES}
        fewer = "" if method == "first alone" else f"{mean['fewer_times']:.1f}"
        rows.append([trace, method, f"{mean['late']:.0f}", fewer, f"{mean['extra_pct']:.1f} %",
                     *(f"{mean[name]:.0f} ms" for name in FIGURES[3:])])
    return table(["trace", "method", f"over {late:g} ms", "times fewer", "extra requests",
                  "p50", "p99", "p99.9"], rows)


def completions(lines, late):
    """Times are those beyond the model's own; what failed is late. Bytes are both links'."""
    rows = []
    for line in lines:
        peers = {each["row"]: each for each in lines if each["trace"] == line["trace"]}
        alone, routing = peers["recorded link alone"], peers["routing"]
        fewer = alone["late_count"] / line["late_count"] if line["late_count"] else float("inf")
        size, usual = (sum(each["link_bytes"].values()) for each in (line, routing))
        rows.append([
            line["trace"], line["row"], f"{line['late_count']} of {line['requests']}",
            "" if line is alone else f"{fewer:.1f}", f"{line['p50_ms']:.0f} ms",
            f"{line['p99_ms']:.0f} ms", line["failed"],
            f"{100 * line['extra_requests'] / line['requests']:.1f} %",
            "" if line is routing else f"{100 * (size / usual - 1):+.1f} %"])
    return table(["trace", "", f"over {late:g} ms", "times fewer", "p50", "p99", "failed",
                  "extra requests", "bytes against routing"], rows)


def promises(lines, _):
    rows = [[line["promise"], line["bound"], line["median"],
             "never came" if line["worst"] is None else line["worst"], line["of"],
             "kept" if line["kept"] else "**broken** " + "; ".join(line["failures"])]
            for line in lines]
    return table(["promise", "at most", "median", "worst", "of", "verdict"], rows)
