"""Repositories that Bazel 4 itself expects, made from what is installed: nothing is downloaded.

Bazel would fetch them from the network if WORKSPACE did not define them.
"""

def _system_directory_impl(repository_ctx):
    root = repository_ctx.path(repository_ctx.attr.path)
    if not root.exists:
        fail("\n\n    %s is missing for @%s: install the package %s, or define the repository before dirwatcher_dependencies()\n" % (
            root,
            repository_ctx.name,
            repository_ctx.attr.debian_package,
        ))
    for entry in root.readdir():
        repository_ctx.symlink(entry, entry.basename)

system_directory = repository_rule(
    implementation = _system_directory_impl,
    doc = "A repository whose files are installed in a folder of this machine.",
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "path": attr.string(mandatory = True),
    },
    local = True,
)

def _native_rules_cc_impl(repository_ctx):
    repository_ctx.file("cc/BUILD.bazel", 'exports_files(["defs.bzl"])\n', executable = False)
    repository_ctx.symlink(Label("//third_party:rules_cc_defs.bzl"), "cc/defs.bzl")

native_rules_cc = repository_rule(
    implementation = _native_rules_cc_impl,
    doc = "@rules_cc, reduced to the names that Bazel 4 has built in.",
    local = True,
)

def _no_coverage_tools_impl(repository_ctx):
    repository_ctx.file(
        "BUILD.bazel",
        "\n".join(['filegroup(name = "%s", visibility = ["//visibility:public"])\n' % name for name in [
            "coverage_report_generator",
            "lcov_merger",
        ]]),
        executable = False,
    )

no_coverage_tools = repository_rule(
    implementation = _no_coverage_tools_impl,
    doc = "An empty @remote_coverage_tools: every test rule names it, only `bazel coverage` uses it.",
)
