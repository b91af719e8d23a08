#!/usr/bin/env python3
"""Prints the manifest of a large fleet: 7,800 satellites, 40 gateways, 50 terminals and 10 regions.

    fleet.py > fleet.yaml
    perigee forecast fleet.yaml --from all --to all --hours 24 --start 2026-11-25T00:00:00Z --summary

Places are spread by the golden angle between 56 degrees south and north, so that the fleet is the same
everywhere and needs no data.
"""

SHELLS = [  # planes, satellites in each, altitude km, inclination deg
    (72, 22, 550, 53), (72, 22, 540, 53.2), (36, 20, 570, 70), (56, 60, 530, 43), (12, 46, 560, 97.6)]
KINDS = [("region", 10), ("gateway", 40), ("terminal", 50)]
UPLINK = "{name: leo, kind: leo, constellation: c, up: 20 Mbit/s, down: 200 Mbit/s, pricePerGB: 0.25}"


def places(count, turn):
    """Latitudes and longitudes, degrees."""
    for i in range(count):
        yield 56 - 112 * (i + 0.5) / count, (turn + i * 137.508) % 360 - 180


def main():
    print("name: large\n\nconstellations:\n  - name: c\n    isls: plusGrid\n    minElevation: 25 deg")
    print("    epoch: 2026-11-25T00:00:00Z\n    shells:")
    for number, (planes, slots, altitude, inclination) in enumerate(SHELLS):
        print(f"      - {{name: s{number}, planes: {planes}, satellitesPerPlane: {slots}, "
              f"altitude: {altitude} km, inclination: {inclination} deg, phasing: alternating}}")
    print("\nsites:")
    for turn, (kind, count) in enumerate(KINDS):
        for i, (latitude, longitude) in enumerate(places(count, 40 * turn)):
            uplinks = f", uplinks: [{UPLINK}]" if kind == "terminal" else ""
            print(f"  - {{name: {kind}{i}, kind: {kind}, "
                  f"position: [{latitude:.3f}, {longitude:.3f}]{uplinks}}}")
    print("\nfibers:")
    regions, gateways = KINDS[0][1], KINDS[1][1]
    for i in range(gateways):
        for j in (i % regions, (i + 3) % regions):
            print(f"  - {{from: gateway{i}, to: region{j}, stretch: 1.4}}")
    for i in range(regions):
        print(f"  - {{from: region{i}, to: region{(i + 1) % regions}, stretch: 1.4}}")


if __name__ == "__main__":
    main()
