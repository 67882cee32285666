import json
import shlex

from trainyard.server.example import LONGEST, curl_line, example_request


def test_the_line_sends_the_first_row_whatever_quotes_it_holds(tmp_path):
    request = example_request([{"town": "L'Aquila \"é\"", "size": None}, {"town": "x"}])
    words = shlex.split(curl_line("http://127.0.0.1:5001/invocations", request, tmp_path))
    assert words[:2] == ["curl", "http://127.0.0.1:5001/invocations"]
    assert json.loads(words[-1]) == {"dataframe_records": [{"town": "L'Aquila \"é\"", "size": None}]}
    assert list(tmp_path.iterdir()) == []


def test_a_long_row_is_written_to_a_file(tmp_path):
    request = example_request([{"image": [0] * LONGEST}])
    words = shlex.split(curl_line("http://127.0.0.1:5001/invocations", request, tmp_path))
    assert words[-1] == f"@{tmp_path / 'request.json'}"
    assert json.loads((tmp_path / "request.json").read_text())["dataframe_records"][0]["image"][:2] == [0, 0]
