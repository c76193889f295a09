"""The workers that run the tests: what fails in one is told by the process that forked it, and so is its death."""

import os
import subprocess
import sys
from pathlib import Path

FILES = {
    "test_first.py": """
        def test_passes(tmp_path): pass
        def test_compares():
            print("words of the test")
            assert {"a": 1} == {"a": 2}
    """,
    "test_kept.py": """
        import subprocess, sys
        KEPT = sys.stderr
        def test_prints():
            subprocess.run(["true"], stderr=KEPT, check=True)
            print("words of another test", file=KEPT)
    """,
    "test_second.py": """
        import os
        def test_dies(): os._exit(3)
        def test_never_run(): pass
    """,
    "test_third.py": """
        import pytest
        @pytest.mark.browser
        def test_of_a_page(): pass
        @pytest.mark.skip
        def test_left_out(): pass
    """,
}


def test_every_test_is_told_of(tmp_path):
    for name, text in FILES.items():
        lines = text.strip("\n").splitlines()
        (tmp_path / name).write_text("\n".join(line.removeprefix("        ") for line in lines))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\naddopts = -p tests.forks\n")
    plain = ["-p", "no:django", "-p", "no:asyncio", "-p", "no:schemathesis", "-p", "no:hypothesispytest"]
    environment = {**os.environ, "SALESINTEL_DATA_DIR": str(tmp_path), "SALESINTEL_TEST_RUN": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--forks=2", *plain, "."],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "3 failed, 3 passed, 1 skipped" in run.stdout
    assert "{'a': 1} != {'a': 2}" in run.stdout
    assert "words of the test" in run.stdout
    assert run.stdout.count("words of another test") == 1
    assert "its worker ended with status 3" in run.stdout
    assert "test_never_run" in run.stdout
