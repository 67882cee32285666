"""Hypothesis without deadlines: what takes long here is a busy machine."""

from hypothesis import settings

settings.register_profile("trainyard", deadline=None)
settings.load_profile("trainyard")
