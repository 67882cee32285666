"""The gate: waits for its turn, takes the time, tells it; and messages a line each."""

import io

from trainyard.benchmark.gate import Channel, Gate


def test_it_opens_for_each_turn_and_closes_with_the_seconds():
    sent, order = [], []
    gate = Gate(iter([{"do": "turn"}, {"do": "turn"}, {"do": "end"}]), lambda **values: sent.append(values), settle=0.0,
                synchronize=lambda: order.append("wait"))  # fmt: skip
    while gate.open():
        order.append("train")
        gate.close()
    assert order == ["train", "wait"] * 2
    assert [list(values) for values in sent] == [["seconds"]] * 2
    assert all(0 <= values["seconds"] < 1 for values in sent)


def test_it_stays_shut_when_the_parent_is_gone():
    assert not Gate(iter([]), print, settle=0.0).open()


def test_time_for_threads_to_rest_is_not_measured():
    sent = []
    gate = Gate(iter([{"do": "turn"}]), lambda **values: sent.append(values), settle=0.2)
    gate.open()
    gate.close()
    assert sent[0]["seconds"] < 0.2


def test_messages_are_lines_of_json():
    out = io.BytesIO()
    channel = Channel(io.BytesIO(b'{"do":"check"}\n{"do":"end"}\n'), out)
    assert [message["do"] for message in channel] == ["check", "end"]
    channel.send(losses=[1.5])
    assert out.getvalue() == b'{"losses": [1.5]}\n'
