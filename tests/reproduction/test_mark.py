from trainyard.config.schema.run import Tracking
from trainyard.reproduction.mark import mark
from trainyard.reproduction.original import Original
from trainyard.tracking.journal import read_journal, status


def test_the_journal_of_the_original_says_that_it_was_run_again(made, tmp_path):
    files, again = made("a"), made("b")
    mark(Original(files, "x", "a", files.folder, None), again.folder, "bit-identical", tmp_path, Tracking(name="off"))
    tags = {"reproduced": "bit-identical", "reproduced_by": again.begin["id"]}
    assert read_journal(files.folder)[-1]["values"] == tags
    assert status(files.folder) == "FINISHED"


def test_an_original_that_only_mlflow_has_is_tagged_there(made, tmp_path):
    tags = {}

    class Remote:
        def tag(self, name, value):
            tags[name] = value

    files = made("a")
    mark(Original(files, "x", "a", None, Remote()), files.folder, "differs", tmp_path, Tracking())
    assert tags == {"reproduced": "differs", "reproduced_by": files.begin["id"]}
