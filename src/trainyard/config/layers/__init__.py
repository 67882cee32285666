"""Layers of a network in the config: what there is, what each takes, how they hang together. Known without torch."""
