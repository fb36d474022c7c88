"""The repositories that dirwatcher needs.

A WORKSPACE that embeds dirwatcher calls `dirwatcher_dependencies()`. A repository that the
WORKSPACE has already defined wins, so a project can bring its own build of any library: the labels
are those of the library's own Bazel build.
"""

load(
    "//third_party:bazel_repositories.bzl",
    "native_rules_cc",
    "no_coverage_tools",
    "system_directory",
)
load("//third_party:system_libraries.bzl", "SYSTEM_LIBRARIES")
load("//third_party:system_library.bzl", "system_library")

def _maybe(rule, name, **attrs):
    if not native.existing_rule(name):
        rule(name = name, **attrs)

def dirwatcher_dependencies():
    """Defines every repository that dirwatcher needs and the WORKSPACE does not have yet."""
    _maybe(native_rules_cc, "rules_cc")
    _maybe(no_coverage_tools, "remote_coverage_tools")
    _maybe(
        system_directory,
        "platforms",
        debian_package = "bazel-platforms",
        path = "/usr/share/bazel/tools/platforms",
    )
    _maybe(
        system_directory,
        "rules_java",
        debian_package = "bazel-rules-java",
        path = "/usr/share/bazel/rules/java",
    )
    _maybe(
        system_directory,
        "rules_proto",
        debian_package = "bazel-rules-proto",
        path = "/usr/share/bazel/rules/proto",
    )
    for name, attrs in SYSTEM_LIBRARIES.items():
        _maybe(system_library, name, **attrs)
