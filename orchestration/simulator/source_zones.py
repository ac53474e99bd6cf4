"""The `sources.yml` of a practice whose messages show clocks without an offset.

A reader cannot know the zone of such a time; whoever runs the practice tells it.
"""

from pathlib import Path

from orchestration.simulator.world import World

SOURCES_FILE = "sources.yml"
CLOCK_TIMES = "local_clock_times"


def write_sources(target: Path, world: World) -> None:
    """Write the file when there is a zone to tell; its other times carry offsets."""
    places = (one for one in world.practice.facilities if world.has_naive_times(one))
    zone = next((place.zone_name for place in places), "")
    if zone:
        lines = (
            "sources:",
            "  - name: default",
            f"    time_zone: {zone}",
            "    submitter_zone: UTC",
        )
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
