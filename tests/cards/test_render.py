from __future__ import annotations

import pytest

from service.cards import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("docker run <image>", "docker run &lt;image&gt;"),
        ("`docker run <image>`을 씀", "<code>docker run &lt;image&gt;</code>을 씀"),
        ("list<int> & <script>alert(1)</script>", "list&lt;int&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;"),
        ("한 줄\n두 줄", "한 줄<br>두 줄"),
        ("앞\n```bash\necho \"$HOME\" <x>\n  b\n```\n뒤", '앞<pre><code class="language-bash">echo &quot;$HOME&quot; &lt;x&gt;\n  b</code></pre>뒤'),
        ("`` a`b ``", "<code>a`b</code>"),
        ("값은 `하나", "값은 `하나"),
        ("a\x1fb\x00c\ud800d", "abcd"),
        ("[sound:x.mp3] [latex] [anki:tts] [가]", "&#91;sound:x.mp3] &#91;latex] &#91;anki:tts] [가]"),
        (r"\(x\) \[y\]", "&#92;(x&#92;) &#92;[y&#92;]"),
        ("🐳 {{.State.Status}} ::", "🐳 {{.State.Status}} ::"),
        ("", ""),
    ],
)  # fmt: skip
def test_field(text: str, html: str) -> None:
    assert render.field(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("{{c1::볼륨}}은", "{{c1::볼륨}}은"),
        ("{{c1::{{.State.Status}}}}", "{{c1::&#123;&#123;.State.Status&#125;&#125;}}"),
        ("{{c1::fe80::1}} ::", "{{c1::fe80&#58;&#58;1}} &#58;&#58;"),
        ("`docker {{c1::ls}} <x>`", "<code>docker {{c1::ls}} &lt;x&gt;</code>"),
        ("{{c1::`docker ls`}} }}", "{{c1::<code>docker ls</code>}} &#125;&#125;"),
        ("{{c12::<image>}}", "{{c12::&lt;image&gt;}}"),
    ],
)
def test_cloze_field(text: str, html: str) -> None:
    assert render.cloze_field(text) == html


def test_plain_takes_the_marks_of_code_away() -> None:
    assert render.plain("`a`와\n```sh\nb\n```") == "a와\nb"
