import torch
from scipy import stats

from trainyard.data.chance import below, normal_rows, random_bits, right, uniform

COUNTERS = torch.arange(100_000)
MASK = 2**64 - 1


def splitmix(state):
    """The reference, in whole numbers of Python."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return state ^ (state >> 31)


def test_bits_are_those_of_splitmix64():
    key = 2**63 - 5
    bits = random_bits(key, torch.tensor([0, 1, 12345, 2**40]))
    expected = [splitmix((key + counter * 0x9E3779B97F4A7C15) & MASK) for counter in (0, 1, 12345, 2**40)]
    assert [bit & MASK for bit in bits.tolist()] == expected
    assert right(bits, 7).tolist() == [number >> 7 for number in expected]


def test_a_number_does_not_depend_on_those_beside_it():
    bits = random_bits(7, COUNTERS)
    assert torch.equal(random_bits(7, COUNTERS[5000:5003]), bits[5000:5003])
    assert torch.equal(normal_rows(bits[10:13], 9), normal_rows(bits[:100], 9)[10:13])
    assert torch.equal(normal_rows(bits[:3], 5), normal_rows(bits[:3], 9)[:, :5])


def test_numbers_are_spread_evenly_and_unrelated_to_those_of_another_key():
    numbers, others = uniform(random_bits(1, COUNTERS)), uniform(random_bits(2, COUNTERS))
    assert 0 <= numbers.min() < numbers.max() < 1
    assert stats.kstest(numbers, "uniform").pvalue > 0.01
    assert abs(torch.corrcoef(torch.stack([numbers, others]))[0, 1]) < 0.02
    assert abs(torch.corrcoef(torch.stack([numbers[1:], numbers[:-1]]))[0, 1]) < 0.02
    counts = below(random_bits(3, COUNTERS), 7).bincount()
    assert (counts - 100_000 / 7).abs().max() < 700


def test_noise_is_nearly_normal_and_unrelated_between_rows_and_columns():
    noise = normal_rows(random_bits(1, COUNTERS[:500]), 400)
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    assert abs(stats.skew(noise.flatten())) < 0.02
    assert -0.35 < stats.kurtosis(noise.flatten()) < -0.25
    assert noise.abs().max() < 3.5
    assert abs(torch.corrcoef(noise).fill_diagonal_(0)).max() < 0.3
    assert abs(torch.corrcoef(noise.T).fill_diagonal_(0)).max() < 0.3
