"""A terminal's API served by grpcio and grpcio-reflection, from a field table of its own.

reference_server.py KIND: prints its port, then serves until its input ends. KIND is

  plain        fields as terminals have them
  renumbered   every field of the answers under another number, in files that depend on one another
  sparse       without many of the fields, and with some of other types
  denied       location refused
"""

import sys
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha import reflection

PACKAGE = "SpaceX.API.Device"
SCALARS = {"s": 9, "b": 8, "f": 2, "d": 1, "u64": 4, "i64": 3, "u32": 13, "i32": 5}

REQUEST = {"get_status": 1004, "get_history": 1007, "get_location": 1017,
           "dish_get_obstruction_map": 2008}
MESSAGES = {
    "DeviceInfo": "1 id s|2 hardware_version s|3 software_version s|4 country_code s"
                  "|5 utc_offset_s i32|8 bootcount i32|12 generation_number i64",
    "DeviceState": "1 uptime_s u64",
    "DishObstructionStats": "1 fraction_obstructed f|4 valid_s f|5 currently_obstructed b"
                            "|6 avg_prolonged_obstruction_duration_s f"
                            "|7 avg_prolonged_obstruction_interval_s f|10 patches_valid u32",
    "DishAlerts": "1 motors_stuck b|2 thermal_shutdown b|3 thermal_throttle b"
                  "|6 slow_ethernet_speeds b|7 roaming b|9 is_heating b",
    "DishGpsStats": "1 gps_valid b|2 gps_sats u32|4 inhibit_gps b",
    "DishOutage": "1 cause DishOutage.Cause|2 start_timestamp_ns i64|3 duration_ns u64"
                  "|4 did_switch b",
    "DishGetStatusResponse":
        "1 device_info DeviceInfo|2 device_state DeviceState"
        "|1002 seconds_to_first_nonempty_slot f|1003 pop_ping_drop_rate f"
        "|1004 obstruction_stats DishObstructionStats|1005 alerts DishAlerts"
        "|1007 downlink_throughput_bps f|1008 uplink_throughput_bps f|1009 pop_ping_latency_ms f"
        "|1011 boresight_azimuth_deg f|1012 boresight_elevation_deg f|1014 outage DishOutage"
        "|1015 gps_stats DishGpsStats|1016 eth_speed_mbps i32",
    "DishGetHistoryResponse":
        "1 current u64|1001 pop_ping_drop_rate f*|1002 pop_ping_latency_ms f*"
        "|1003 downlink_throughput_bps f*|1004 uplink_throughput_bps f*|1009 outages DishOutage*"
        "|1010 power_in f*",
    "DishGetObstructionMapResponse": "1 num_rows u32|2 num_cols u32|3 snr f*|4 min_elevation_deg f"
                                     "|5 max_theta_deg f",
    "LLAPosition": "1 lat d|2 lon d|3 alt d",
    "GetLocationResponse": "1 lla LLAPosition|4 sigma_m d",
    "Response": "1 id u64|3 api_version u64|1017 get_location GetLocationResponse"
                "|2004 dish_get_status DishGetStatusResponse"
                "|2006 dish_get_history DishGetHistoryResponse"
                "|2008 dish_get_obstruction_map DishGetObstructionMapResponse",
}
CAUSES = ["UNKNOWN", "BOOTING", "STOWED", "THERMAL_SHUTDOWN", "NO_SCHEDULE", "NO_SATS",
          "OBSTRUCTED"]
SPARSE_WITHOUT = {"device_state", "obstruction_stats", "alerts", "pop_ping_drop_rate",
                  "gps_stats", "outages", "outage", "power_in", "max_theta_deg", "eth_speed_mbps"}
SPARSE_TYPES = {"pop_ping_latency_ms": "d", "uplink_throughput_bps": "u64", "current": "i32"}


def add_message(file, name, table, kind):
    message = file.message_type.add(name=name)
    for row in table.split("|"):
        number, field, kind_of_value = row.split(" ")
        repeated = kind_of_value.endswith("*")
        kind_of_value = kind_of_value.rstrip("*")
        if kind == "sparse" and name != "Response":
            if field in SPARSE_WITHOUT:
                continue
            if kind_of_value in SCALARS:
                kind_of_value = SPARSE_TYPES.get(field, kind_of_value)
        number = int(number)
        if kind == "renumbered":
            number = 5000 - number
        added = message.field.add(name=field, number=number, label=3 if repeated else 1)
        if kind_of_value in SCALARS:
            added.type = SCALARS[kind_of_value]
        else:
            added.type = 14 if kind_of_value.endswith("Cause") else 11
            added.type_name = f".{PACKAGE}.{kind_of_value}"
    if name == "DishOutage":
        cause = message.enum_type.add(name="Cause")
        for number, value in enumerate(CAUSES):
            cause.value.add(name=value, number=number)


def build(kind):
    new = lambda name: descriptor_pb2.FileDescriptorProto(
        name=name, package=PACKAGE, syntax="proto3")
    device = new("spacex/device.proto")
    dish, common = device, device
    if kind == "renumbered":
        dish, common = new("spacex/dish.proto"), new("spacex/common.proto")
        dish.dependency.append(common.name)
        device.dependency.append(dish.name)
        device.dependency.append(common.name)
    request = device.message_type.add(name="Request")
    request.field.add(name="id", number=1, label=1, type=4)
    request.oneof_decl.add(name="request")
    for name, number in REQUEST.items():
        content = "".join(part.capitalize() for part in name.split("_")) + "Request"
        device.message_type.add(name=content)
        if kind == "renumbered":
            number = 5000 - number
        request.field.add(name=name, number=number, label=1, type=11, oneof_index=0,
                          type_name=f".{PACKAGE}.{content}")
    for name, table in MESSAGES.items():
        file = device if name == "Response" else common if name.startswith("Device") else dish
        add_message(file, name, table, kind)
    service = device.service.add(name="Device")
    service.method.add(name="Handle", input_type=f".{PACKAGE}.Request",
                       output_type=f".{PACKAGE}.Response")
    pool = descriptor_pool.Default()
    for file in ([common, dish] if kind == "renumbered" else []) + [device]:
        pool.AddSerializedFile(file.SerializeToString())
    if kind == "plain":
        print("descriptor", len(device.SerializeToString()), file=sys.stderr)
    return lambda name: message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))


def fill(message, **values):
    """Sets those of the values that the message's definition has."""
    for name, value in values.items():
        if name not in message.DESCRIPTOR.fields_by_name:
            continue
        if isinstance(value, dict):
            getattr(message, name).SetInParent()
            fill(getattr(message, name), **value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                fill(getattr(message, name).add(), **item)
        elif isinstance(value, list):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)


STATUS = dict(
    device_info=dict(id="ut-reference", hardware_version="rev4", software_version="2026.04.07",
                     country_code="AQ", utc_offset_s=-3600, bootcount=7, generation_number=42),
    device_state=dict(uptime_s=86400), seconds_to_first_nonempty_slot=0.5,
    pop_ping_drop_rate=0.25, pop_ping_latency_ms=31.5, downlink_throughput_bps=12_000_000,
    uplink_throughput_bps=3_000_000, boresight_azimuth_deg=-12.5, boresight_elevation_deg=64,
    obstruction_stats=dict(fraction_obstructed=0.125, valid_s=900, currently_obstructed=True,
                           avg_prolonged_obstruction_interval_s=float("nan"), patches_valid=77),
    alerts=dict(roaming=True), gps_stats=dict(gps_valid=True, gps_sats=14), eth_speed_mbps=1000,
    outage=dict(cause=4, start_timestamp_ns=1_446_000_000_000_000_000, duration_ns=2_500_000_000))
# 950 seconds have been counted: the newest is at index 49.
HISTORY = dict(
    current=950, pop_ping_drop_rate=[1.0 if i == 49 else 0.0 for i in range(900)],
    pop_ping_latency_ms=[float(i) for i in range(900)],
    downlink_throughput_bps=[i * 1000 for i in range(900)],
    uplink_throughput_bps=[i * 100 for i in range(900)], power_in=[50.0] * 900,
    outages=[dict(cause=6, start_timestamp_ns=1_446_000_000_000_000_000,
                  duration_ns=1_500_000_000, did_switch=True)])
MAP = dict(num_rows=3, num_cols=4, snr=[-1.0, 1.0, 0.5, 0.0] * 3, min_elevation_deg=10,
           max_theta_deg=80)


def main():
    kind = sys.argv[1]
    message = build(kind)
    request, response = message("Request"), message("Response")

    def handle(question, context):
        answer = response(id=question.id, api_version=30)
        what = question.WhichOneof("request")
        if what == "get_status":
            fill(answer, dish_get_status=STATUS)
        elif what == "get_history":
            fill(answer, dish_get_history=HISTORY)
        elif what == "dish_get_obstruction_map":
            fill(answer, dish_get_obstruction_map=MAP)
        elif what == "get_location" and kind != "denied":
            fill(answer, get_location=dict(lla=dict(lat=-62.2, lon=-58.9, alt=12), sigma_m=3))
        elif what == "get_location":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not 100% allowed: ü")
        else:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "unknown")
        return answer

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        f"{PACKAGE}.Device", {"Handle": grpc.unary_unary_rpc_method_handler(
            handle, request_deserializer=request.FromString,
            response_serializer=lambda answer: answer.SerializeToString())}),))
    reflection.enable_server_reflection((f"{PACKAGE}.Device", reflection.SERVICE_NAME), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)


main()
