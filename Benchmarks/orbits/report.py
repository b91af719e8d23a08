"""One JSON line for an engine and a workload."""

import json
import statistics


def report(engine, workload, propagations, cpu, error, count=None, **more):
    """Prints a line; `count` is what the rate is of, where it is not propagations."""
    median = statistics.median(cpu)
    print(json.dumps({
        "engine": engine, "workload": workload, "propagations": propagations,
        "cpu_s": round(median, 5), "cpu_s_spread": [round(min(cpu), 5), round(max(cpu), 5)],
        "rate": round((count or propagations) / median),
        "max_error_m": None if error is None else float(f"{error:.3g}"), **more,
    }), flush=True)
