"""`system_library`: a repository whose targets are libraries installed on this machine.

It asks pkg-config how to use each one. The headers are on the compiler's own search path, so a
target carries only defines and link flags. Repositories are fetched when they are first needed:
only a library that the build really uses has to be installed.
"""

def _fail_missing(repository_ctx, what):
    fail("\n\n    %s is missing for @%s: install the package %s (apt-get install %s), or run tools/setup.sh\n" % (
        what,
        repository_ctx.name,
        repository_ctx.attr.debian_package,
        repository_ctx.attr.debian_package,
    ))

def _unique_last(flags):
    """Drops all but the last of repeated -l flags: the last one still follows all its users."""
    seen = {}
    result = []
    for flag in reversed(flags):
        if flag.startswith("-l") and flag in seen:
            continue
        seen[flag] = True
        result.append(flag)
    return reversed(result)

def _pkg_config(repository_ctx, module):
    """Returns the defines and link flags of a module, with those of the modules it requires."""
    pkg_config = repository_ctx.which("pkg-config")
    if not pkg_config:
        fail("\n\n    pkg-config is missing: install the package pkg-config, or run tools/setup.sh\n")
    flags = []
    for option in ["--cflags", "--libs"]:
        result = repository_ctx.execute([pkg_config, option, module])
        if result.return_code != 0:
            _fail_missing(repository_ctx, "The library '%s'" % module)
        flags += [flag for flag in result.stdout.strip().split(" ") if flag]

    defines = {}
    linkopts = []
    for flag in flags:
        if flag.startswith("-D"):
            defines[flag[2:]] = True
        elif flag.startswith("-I/usr/include/") and flag.endswith("-linux-gnu"):
            pass  # Debian's own, which every compiler of Debian searches
        elif flag.startswith("-I"):
            # A target of an external repository cannot name an absolute include folder.
            fail("\n\n    %s: %s is not on the compiler's own search path\n" % (module, flag))
        elif not repository_ctx.attr.headers_only:
            linkopts.append(_static_or_not(repository_ctx, module, flag))
    return struct(defines = sorted(defines.keys()), linkopts = _unique_last(linkopts))

def _static_or_not(repository_ctx, module, flag):
    """The archive in place of the shared library, if that is wanted and there."""
    if not repository_ctx.attr.static or not flag.startswith("-l"):
        return flag
    libdir = repository_ctx.execute(["pkg-config", "--variable=libdir", module])
    archive = "lib%s.a" % flag[len("-l"):]
    if not repository_ctx.path(libdir.stdout.strip() + "/" + archive).exists:
        return flag
    return "-l:" + archive

def _find_headers(repository_ctx):
    for header in repository_ctx.attr.headers:
        if not [
            folder
            for folder in ["/usr/include", "/usr/local/include"]
            if repository_ctx.path(folder + "/" + header).exists
        ]:
            _fail_missing(repository_ctx, "The header <%s>" % header)
    return struct(defines = [], linkopts = repository_ctx.attr.linkopts)

def _cc_library(name, flags):
    lines = ["cc_library(", "    name = %r," % name]
    if flags.defines:
        lines.append("    defines = %r," % flags.defines)
    if flags.linkopts:
        lines.append("    linkopts = %r," % flags.linkopts)
    return "\n".join(lines + [")", ""])

def _system_library_impl(repository_ctx):
    attr = repository_ctx.attr
    packages = {}  # package -> the text of its rules

    for label, module in attr.targets.items():
        package, _, name = label[len("//"):].partition(":")
        name = name or package.split("/")[-1]
        flags = _pkg_config(repository_ctx, module) if module else _find_headers(repository_ctx)
        packages.setdefault(package, []).append(_cc_library(name, flags))

    for package, rules in packages.items():
        repository_ctx.file(
            package + "/BUILD.bazel" if package else "BUILD.bazel",
            "\n".join([
                'load("@rules_cc//cc:defs.bzl", "cc_library")',
                "",
                'package(default_visibility = ["//visibility:public"])',
                "",
            ] + rules),
            executable = False,
        )

system_library = repository_rule(
    implementation = _system_library_impl,
    doc = "Targets for libraries installed on this machine; see system_libraries.bzl.",
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "headers": attr.string_list(),
        "headers_only": attr.bool(),
        "linkopts": attr.string_list(),
        "static": attr.bool(),
        "targets": attr.string_dict(mandatory = True),
    },
    # Asked again by every Bazel server, so that an upgrade of the system is noticed.
    configure = True,
    environ = ["PKG_CONFIG_PATH"],
    local = True,
)
