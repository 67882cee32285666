import base64
import re

from PIL import Image

from trainyard.reports.page import heading, number_cards, page, plots_section, write_page


def test_a_page_asks_the_network_for_nothing(tmp_path):
    Image.new("RGB", (1200, 10)).save(tmp_path / "roc.png")
    Image.new("RGB", (100, 10)).save(tmp_path / "my_plot.png")
    text = page("a run", plots_section([tmp_path / "roc.png", tmp_path / "my_plot.png"]))
    assert "default-src &#x27;none&#x27;" in text
    assert re.findall(r"(?:src|href)=\"(?!data:)", text) == []
    assert re.findall(r"url\(|@import|https?://", text) == []
    pictures = re.findall(r"data:image/png;base64,([\w+/=]+)", text)
    assert [base64.b64decode(each) for each in pictures] == [
        (tmp_path / name).read_bytes() for name in ("roc.png", "my_plot.png")
    ]  # fmt: skip
    assert "<figcaption>my plot</figcaption>" in text
    assert text.count('<figure class="broad">') == 1


def test_a_title_from_a_config_is_text_and_nothing_else(tmp_path):
    head = [heading("<b>", "FINISHED", "", "x")]
    path = write_page(tmp_path / "report.html", "</title><script>alert(1)</script>", *head)
    text = path.read_text(encoding="utf-8")
    assert text.count("<script>") == 1
    assert '<h1>&lt;b&gt;<span class="status finished">finished</span></h1><p class="quiet">x</p>' in text


def test_numbers_stand_above_what_they_measure():
    assert number_cards([("accuracy", "0.9")]) == (
        '<div class="numbers"><div><b>0.9</b><span>accuracy</span></div></div>'
    )  # fmt: skip


def test_without_plots_there_is_no_section():
    assert plots_section([]) == ""
