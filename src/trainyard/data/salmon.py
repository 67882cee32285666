"""Simulated Atlantic salmon at sea: length in mm, to be told from sea age in years and weight in g.

Length at age follows von Bertalanffy (1938, A quantitative theory of organic growth, Human Biology 10: 181-213), with
an L-infinity of each fish's own; weight follows from length by a power law with log-normal variation (Le Cren, 1951,
Journal of Animal Ecology 20: 201-219; Froese, 2006, Journal of Applied Ichthyology 22: 241-253); ages follow a constant
natural mortality, by default the 0.03 a month that ICES takes for salmon at sea.

The default numbers are round ones for the species, not the fit of one stock. They give a smolt of 16 cm, and 55 cm and
1.8 kg after one year at sea, 81 cm and 5.7 kg after two, 97 cm and 9.9 kg after three, 113 cm and 16 kg after five.
"""

from statistics import NormalDist

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import Salmon

SCHEMA = pa.schema([("age_years", pa.float64()), ("weight_g", pa.float64()), ("length_mm", pa.float64())])
AGE_MIN = 1.0  # year


def simulate_salmon(config: Salmon) -> pa.Table:
    """`rows` fish with the columns of SCHEMA: sea age, weight and length, rounded as one would measure them.

    The bytes are the same on every machine: the random bits are PCG64's own and the values are rounded to 0.01 year,
    1 g and 1 mm.
    """
    bits = np.random.PCG64(config.simulation_seed).random_raw(3 * config.rows)
    chance = ((bits >> np.uint64(11)) + 0.5) * 2.0**-53  # (3 * rows,) uniform in (0, 1)
    age, weight, length = simulate(config, *chance.reshape(-1, 3).T)
    return pa.table([age.round(2), weight.round(), length.round()], schema=SCHEMA)


def simulate(
    config: Salmon, age_chance: np.ndarray, length_chance: np.ndarray, weight_chance: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Age in years, weight in g and length in mm, (N,) each, from uniform chances in (0, 1), (N,) each."""
    years = config.age_max - AGE_MIN
    if config.mortality > 0:  # exponential, cut at the oldest age
        dead = -np.expm1(-config.mortality * years)
        age = AGE_MIN - np.log1p(-age_chance * dead) / config.mortality
    else:
        age = AGE_MIN + age_chance * years
    spread = np.sqrt(np.log1p(config.length_variation**2))  # log-normal with the given mean and relative deviation
    infinity = config.length_infinity * np.exp(spread * normal(length_chance) - spread**2 / 2)
    length = infinity * -np.expm1(-config.growth_rate * (age - config.age_at_zero))
    weight = config.weight_factor * (length / 10) ** config.weight_exponent  # length in cm
    return age, weight * np.exp(config.weight_variation * normal(weight_chance)), length


def normal(chance: np.ndarray) -> np.ndarray:
    """Standard normal values whose distribution function has the given values."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse(value) for value in chance.tolist()])
