"""`cc_fuzz_target`: one fuzz harness, both as a fuzzer and as an ordinary test."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

def cc_fuzz_target(name, srcs, deps = [], corpus = [], size = "small"):
    """Makes a fuzzer of a source file that defines LLVMFuzzerTestOneInput.

    Two targets come of it:

      <name>         the fuzzer (clang):
                     bazel run --config=fuzz //pkg:<name> -- -max_total_time=60
      <name>_replay  a test that feeds the corpus, and random inputs that are the same in every
                     run, through the harness; part of `bazel test //...`

    Args:
      name: by convention ends in _fuzz.
      srcs: the harness.
      deps: what the harness uses.
      corpus: files, each one input; an input that once crashed belongs here.
      size: of the replay test.
    """
    fuzzing = str(Label("//tools:fuzzing"))
    replay_main = str(Label("//tools:fuzz_replay_main"))

    cc_library(
        name = name + "_harness",
        testonly = True,
        srcs = srcs,
        tags = ["manual"],
        visibility = ["//visibility:private"],
        deps = deps,
        # Only main() refers to the harness, and libFuzzer's comes last on the command line.
        alwayslink = True,
    )

    cc_binary(
        name = name,
        testonly = True,
        linkopts = select({
            fuzzing: ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = [
            "fuzz",
            "manual",
        ],
        deps = [":" + name + "_harness"] + select({
            fuzzing: [],
            "//conditions:default": [replay_main],
        }),
    )

    cc_test(
        name = name + "_replay",
        size = size,
        args = ["$(rootpath %s)" % file for file in corpus],
        data = corpus,
        deps = [
            ":" + name + "_harness",
            replay_main,
        ],
    )
