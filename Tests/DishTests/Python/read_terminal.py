"""Reads a terminal with the unmodified starlink-grpc-core client and checks what it finds.

read_terminal.py PORT LATITUDE: LATITUDE is what location_data is to tell, or `denied`. The terminal
has counted 1,000 seconds, of which number n (from 0) had the figures in `expected`, and has been out
from 960 to 979 for want of satellites.
"""

import sys

import grpc
import starlink_grpc

context = starlink_grpc.ChannelContext(target=f"127.0.0.1:{sys.argv[1]}")


def expected(number):
    if 960 <= number < 980:
        return 1.0, None, 0.0
    return 0.0, 20.0 + number % 15, 1000.0 * number


def near(a, b):
    return abs(a - b) <= 1e-5 * max(1, abs(b))


status, obstruction, alerts = starlink_grpc.status_data(context)
assert status["id"] == "ut-emulated", status
assert status["hardware_version"] == "perigee_emulated" and status["software_version"] == "test"
assert status["state"] == "CONNECTED", status["state"]
assert status["uptime"] == 1000, status["uptime"]
assert near(status["pop_ping_latency_ms"], expected(999)[1]), status
assert near(status["downlink_throughput_bps"], 999_000.0)
assert status["pop_ping_drop_rate"] == 0 and status["alerts"] == 0
assert status["gps_ready"] is True and status["gps_enabled"] is True
assert status["obstruction_interval"] is None and status["fraction_obstructed"] == 0
assert len(alerts) == 19 and not any(alerts.values()), alerts
assert "alert_thermal_throttle" in alerts

general, bulk = starlink_grpc.history_bulk_data(-1, context=context)
assert general == {"samples": 900, "end_counter": 1000}, general
for index in range(900):
    drop, latency, down = expected(100 + index)
    assert bulk["pop_ping_drop_rate"][index] == drop, index
    assert latency is None or near(bulk["pop_ping_latency_ms"][index], latency), index
    assert near(bulk["downlink_throughput_bps"][index], down), index
    assert near(bulk["power_w"][index], 40.0)
# Only what is new since a counter.
general, bulk = starlink_grpc.history_bulk_data(-1, start=990, context=context)
assert general["samples"] == 10 and near(bulk["downlink_throughput_bps"][0], 990_000.0)

general, drop, runs, latency, loaded, usage, power = starlink_grpc.history_stats(
    -1, context=context)
assert drop["total_ping_drop"] == 20.0 and drop["count_full_ping_drop"] == 20, drop
assert runs["run_seconds[1,]"][19] == 20, runs
heard = [value for number in range(100, 1000) if (value := expected(number)[1]) is not None]
assert near(latency["mean_full_ping_latency"], sum(heard) / len(heard)), latency
assert latency["deciles_all_ping_latency[]"][0] == 20.0
total = sum(expected(number)[2] for number in range(100, 1000)) / 8
assert abs(usage["download_usage"] - total) < 100, (usage, total)
assert near(power["mean_power"], 40.0)

rows = starlink_grpc.obstruction_map(context)
assert len(rows) == 123 and all(len(row) == 123 for row in rows)
# Due north at 30 degrees of elevation, and overhead.
assert rows[61][61] == 1.0 and rows[61 - round(60 / 80 * 61)][61] == 1.0, "seen"
assert rows[61][0] == -1.0, "not seen"

location = starlink_grpc.location_data(context)
if sys.argv[2] == "denied":
    assert location == {"latitude": None, "longitude": None, "altitude": None}, location
else:
    assert near(location["latitude"], float(sys.argv[2])), location

try:
    starlink_grpc.reboot(context)
    raise SystemExit("reboot was not refused")
except starlink_grpc.GrpcError:
    pass
names = starlink_grpc.status_field_names(context)[2]
assert names[0] == "alert_motors_stuck" and len(names) == 19, names
context.close()
print("ok")
