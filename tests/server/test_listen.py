"""Listening: on this machine alone, and until a signal."""

import os
import signal
import threading
import time

import pytest
from fastapi import FastAPI

from trainyard.errors import ConfigError
from trainyard.server.listen import listen, noted_interrupts, open_port


def test_a_port_is_open_to_this_machine_alone_and_to_one_server():
    with open_port(0) as opened:
        host, port = opened.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(ConfigError, match=rf"port={port}: another program has it; take another one, or port=0"):
            open_port(port)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_in_order(number, code):
    told = []

    def end_soon():
        told.append(True)
        threading.Thread(target=lambda: (time.sleep(0.1), os.kill(os.getpid(), number))).start()

    before = signal.getsignal(number)
    with open_port(0) as opened:
        assert listen(FastAPI(), opened, end_soon) == code
    assert told == [True]
    assert signal.getsignal(number) == before


def test_an_interrupt_that_an_import_swallows_is_noted():
    before = signal.getsignal(signal.SIGINT)
    with noted_interrupts() as noted:
        assert noted == []
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert noted == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) == before
