"""An image's own encoder and index against the volume it is started on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.build import build
from service.errors import IndexMissing, StorageError
from service.index import current_generation
from service.loading import load_tutor
from service.settings import Settings, load_settings

pytestmark = pytest.mark.real

NOTE = "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n"


class Image:
    """A folder with notes and what was baked from them, as in the container."""

    def __init__(self, folder: Path, encoder: Path, note: str) -> None:
        self.corpus, self.baked, self.volume = folder / "corpus", folder / "baked", folder.parent / "volume"
        self.corpus.mkdir(parents=True)
        self.baked.mkdir()
        (self.corpus / "note.md").write_text(note, encoding="utf-8")
        (self.baked / "encoder").symlink_to(encoder)
        build(load_settings(corpus_dir=self.corpus, data_dir=self.baked))

    def settings(self, **given: object) -> Settings:
        where = {"corpus_dir": self.corpus, "data_dir": self.volume, "baked_dir": self.baked}
        return load_settings(**{**where, **given})


@pytest.fixture
def image(tmp_path: Path, encoder_folder: Path) -> Image:
    return Image(tmp_path / "first", encoder_folder, NOTE)


def facts(settings: Settings) -> list[str]:
    return [fact.text for fact in load_tutor(settings).index.facts]


def test_an_empty_volume_gets_the_index_of_the_image(image: Image) -> None:
    assert facts(image.settings()) == ["볼륨은 컨테이너를 지워도 남음"]
    assert not (image.volume / "encoder").exists()


def test_an_old_volume_does_not_hide_a_new_image(image: Image, tmp_path: Path, encoder_folder: Path) -> None:
    load_tutor(image.settings())
    newer = Image(tmp_path / "second", encoder_folder, NOTE.replace("남음", "그대로 있음"))
    assert facts(newer.settings()) == ["볼륨은 컨테이너를 지워도 그대로 있음"]


def test_what_the_volume_made_of_it_since_stays_over_a_restart(image: Image) -> None:
    settings = image.settings()
    load_tutor(settings)
    (image.corpus / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
    build(settings)
    built = current_generation(settings.index_dir)
    assert len(facts(settings)) == 2
    assert current_generation(settings.index_dir) == built


def test_a_damaged_index_is_replaced_by_the_image_s(image: Image) -> None:
    settings = image.settings()
    load_tutor(settings)
    file = settings.index_dir / current_generation(settings.index_dir) / "texts.faiss"
    file.write_bytes(file.read_bytes()[:-1])
    assert facts(settings) == ["볼륨은 컨테이너를 지워도 남음"]


def test_an_index_of_other_notes_than_the_image_s_is_left_to_a_build(image: Image, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.md").write_text("# 내 노트\n\n- 내 사실임\n", encoding="utf-8")
    settings = image.settings(corpus_dir=own)
    with pytest.raises(IndexMissing):
        load_tutor(settings)
    build(settings)
    assert facts(settings) == ["내 사실임"]
    assert facts(settings) == ["내 사실임"]


def test_a_volume_that_is_a_file_is_named(image: Image) -> None:
    image.volume.write_text("")
    with pytest.raises(StorageError) as raised:
        load_tutor(image.settings())
    assert str(image.volume) in str(raised.value)


def test_a_lost_cache_is_filled_from_the_index(image: Image) -> None:
    settings = image.settings()
    load_tutor(settings)
    (image.corpus / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
    built = build(settings)
    assert built.reused > 0
    shutil.rmtree(settings.data_dir / "index")
    (settings.data_dir / "embeddings").unlink()
    again = build(settings)
    assert (again.encoded, again.reused) == (built.encoded + built.reused, 0)
