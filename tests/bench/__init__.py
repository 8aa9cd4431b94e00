"""The benches: each figure beside a floor measured in the same run, on data that they seed themselves."""
