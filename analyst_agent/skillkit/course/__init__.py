"""A rate over time: units, changes of level, seasons, artefacts of the extract, and what is ahead."""
