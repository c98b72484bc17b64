"""Tests written for pytest, as native py_test targets."""

def pytest_test(name, srcs, deps = [], data = []):
    """One file of tests.

    Args:
      name: the name of the target.
      srcs: the file of tests, alone in a list.
      deps: what it imports.
      data: files that it reads besides testdata/ and docs/.
    """
    native.py_test(
        name = name,
        srcs = srcs + ["//tests:run_pytest.py"],
        main = "//tests:run_pytest.py",
        args = [native.package_name() + "/" + src for src in srcs],
        data = data + ["//:docs", "//:pyproject.toml", "//:testdata"],
        deps = deps,
        # A test of the tree reads files that are none of its inputs: Bazel must not remember it.
        tags = ["external"] if "//tools:source_tree" in deps or ":imports_test" in deps else [],
    )
