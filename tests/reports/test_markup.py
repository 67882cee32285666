from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from trainyard.reports.markup import Markup, facts, folded, joined, section, table, tag


class Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []

    def handle_starttag(self, name, attributes):
        self.tags.append(name)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_stays_a_text_in_an_element_and_in_an_attribute(text):
    seen = Texts()
    seen.feed(tag("p", text, title=text))
    seen.close()
    assert (seen.tags, seen.text, seen.attributes) == (["p"], text, [("title", text)])


def test_markup_stands_as_it_is_and_nothing_else_does():
    assert tag("p", Markup("<b>"), "<b>") == "<p><b>&lt;b&gt;</p>"
    assert joined(["a & b", 3]) == "a &amp; b3"


def test_attributes_that_are_none_or_false_are_left_out():
    assert tag("p", class_=None, open=False, hidden=True, http_equiv="x") == '<p hidden http-equiv="x"></p>'
    assert tag("img", src="a") == '<img src="a">'
    assert folded("more", "x", open_=True) == "<details open><summary>more</summary>x</details>"


def test_what_is_empty_is_not_told():
    assert facts([("a", ""), ("b", None), ("c", 0)]) == "<dl><dt>c</dt><dd>0</dd></dl>"
    assert section("Title", "", Markup("")) == ""


def test_a_table_aligns_its_numbers_and_sorts_by_a_button():
    made = table(("name", "value"), [("<i>", 1)], right=(1,), sortable=True)
    assert '<th scope="col"><button type="button">name</button></th>' in made
    assert '<td>&lt;i&gt;</td><td class="num">1</td>' in made
    assert 'class="sortable"' in made
