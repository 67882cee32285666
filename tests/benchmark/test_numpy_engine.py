"""The engine in NumPy: each turn is an epoch, and training moves the loss of the checked steps down."""

from trainyard.benchmark.numpy_engine import NumpyEngine


def test_each_turn_of_the_gate_is_an_epoch(laid_out, gate):
    played = gate(3)
    NumpyEngine().train(laid_out("mlp"), played)
    assert played.closed == 3


def test_checked_steps_begin_at_the_initial_weights_each_time(laid_out):
    case = laid_out("linear")
    assert NumpyEngine().check(case) == NumpyEngine().check(case)
