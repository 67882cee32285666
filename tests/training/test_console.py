from trainyard.training.console import Console


def test_what_is_said_is_kept(tmp_path, capsys):
    console = Console(tmp_path)
    console.say("begins")
    console.keep("traceback")
    assert capsys.readouterr().out == "begins\n"
    assert (tmp_path / "log.txt").read_text() == "begins\ntraceback\n"


def test_a_quiet_one_keeps_what_is_said(tmp_path, capsys):
    Console(tmp_path, quiet=True).say("begins")
    assert capsys.readouterr().out == ""
    assert (tmp_path / "log.txt").read_text() == "begins\n"
