from trainyard.training.blocks import BLOCK_SECONDS, Block, Blocks


def test_an_iteration_is_one_epoch():
    blocks = Blocks(10, 4)
    assert list(blocks) == [Block(0, 0, 4), Block(0, 4, 8), Block(0, 8, 10)]
    assert next(iter(blocks)) == Block(1, 0, 4)


def test_an_epoch_begun_elsewhere_goes_on_from_there():
    blocks = Blocks(10, 4)
    blocks.epoch, blocks.position = 3, 8
    assert list(blocks) == [Block(3, 8, 10)]
    assert (blocks.epoch, blocks.position) == (4, 0)


def test_an_adaptive_block_takes_about_a_quarter_second():
    blocks = Blocks(1000, "auto")
    blocks.measured(10, 0.1)
    assert blocks.length == int(BLOCK_SECONDS / 0.01)
    blocks.measured(1, 60.0)
    assert blocks.length == 1


def test_a_length_that_was_given_stays():
    blocks = Blocks(1000, 7)
    blocks.measured(10, 0.1)
    assert blocks.length == 7
