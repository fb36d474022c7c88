"""The libraries we take from the system: which label comes from which package.

The labels are those of each library's own Bazel build, so that our BUILD files work unchanged in a
workspace that builds the library from source. To add a library, add a row here and its Debian
package to tools/setup.sh.

Each entry maps a repository name to the attributes of `system_library`:

  debian_package  what to install when the library is missing
  targets         label -> pkg-config module ("" for a library without a .pc file)
  headers         for a library without a .pc file: what must be installed
  linkopts        for a library without a .pc file: its link flags
  headers_only    whether nothing is linked: the program loads the library itself
  static          whether to link the archives, where there are some
"""

SYSTEM_LIBRARIES = {
    "cli11": {
        "debian_package": "libcli11-dev",
        "targets": {"//:cli11": "CLI11"},
    },
    "com_github_google_benchmark": {
        "debian_package": "libbenchmark-dev",
        "targets": {"//:benchmark": "benchmark"},
    },
    "com_github_google_glog": {
        "debian_package": "libgoogle-glog-dev",
        "targets": {"//:glog": "libglog"},
    },
    "com_google_absl": {
        "debian_package": "libabsl-dev",
        # Some fifty libraries, and each takes time when a program starts.
        "static": True,
        "targets": {
            "//absl/algorithm": "absl_algorithm",
            "//absl/algorithm:container": "absl_algorithm_container",
            "//absl/base": "absl_base",
            "//absl/base:core_headers": "absl_core_headers",
            "//absl/base:endian": "absl_endian",
            "//absl/base:log_severity": "absl_log_severity",
            "//absl/cleanup": "absl_cleanup",
            "//absl/container:btree": "absl_btree",
            "//absl/container:fixed_array": "absl_fixed_array",
            "//absl/container:flat_hash_map": "absl_flat_hash_map",
            "//absl/container:flat_hash_set": "absl_flat_hash_set",
            "//absl/container:inlined_vector": "absl_inlined_vector",
            "//absl/container:node_hash_map": "absl_node_hash_map",
            "//absl/container:node_hash_set": "absl_node_hash_set",
            "//absl/debugging:failure_signal_handler": "absl_failure_signal_handler",
            "//absl/debugging:stacktrace": "absl_stacktrace",
            "//absl/debugging:symbolize": "absl_symbolize",
            "//absl/functional:any_invocable": "absl_any_invocable",
            "//absl/functional:bind_front": "absl_bind_front",
            "//absl/functional:function_ref": "absl_function_ref",
            "//absl/hash": "absl_hash",
            "//absl/memory": "absl_memory",
            "//absl/meta:type_traits": "absl_type_traits",
            "//absl/numeric:bits": "absl_bits",
            "//absl/numeric:int128": "absl_int128",
            "//absl/random": "absl_random_random",
            "//absl/random:bit_gen_ref": "absl_random_bit_gen_ref",
            "//absl/random:distributions": "absl_random_distributions",
            "//absl/status": "absl_status",
            "//absl/status:statusor": "absl_statusor",
            "//absl/strings": "absl_strings",
            "//absl/strings:cord": "absl_cord",
            "//absl/strings:str_format": "absl_str_format",
            "//absl/synchronization": "absl_synchronization",
            "//absl/time": "absl_time",
            "//absl/types:optional": "absl_optional",
            "//absl/types:span": "absl_span",
            "//absl/types:variant": "absl_variant",
            "//absl/utility": "absl_utility",
        },
    },
    "com_google_highway": {
        "debian_package": "libhwy-dev",
        "targets": {"//:hwy": "libhwy"},
    },
    "com_google_googletest": {
        "debian_package": "libgmock-dev",
        "targets": {
            "//:gtest": "gmock",
            "//:gtest_main": "gmock_main",
        },
    },
    "com_googlesource_code_re2": {
        "debian_package": "libre2-dev",
        "static": True,
        "targets": {"//:re2": "re2"},
    },
    "curl": {
        "debian_package": "libcurl4-openssl-dev",
        # The library is loaded when it is first needed (env/curl_library.h).
        "headers_only": True,
        "targets": {"//:curl": "libcurl"},
    },
    "libarchive": {
        "debian_package": "libarchive-dev",
        # Likewise (notify/archive_library.h).
        "headers_only": True,
        "targets": {"//libarchive": "libarchive"},
    },
    "libsystemd": {
        "debian_package": "libsystemd-dev",
        "targets": {"//:libsystemd": "libsystemd"},
    },
    "nlohmann_json": {
        "debian_package": "nlohmann-json3-dev",
        "targets": {"//:json": "nlohmann_json"},
    },
    "rapidcheck": {
        "debian_package": "librapidcheck-dev",
        "headers": [
            "rapidcheck.h",
            "rapidcheck/gmock.h",
            "rapidcheck/gtest.h",
        ],
        "linkopts": ["-lrapidcheck"],
        "targets": {
            "//:rapidcheck": "",
            "//:rapidcheck_gmock": "",
            "//:rapidcheck_gtest": "",
        },
    },
    "sqlite3": {
        "debian_package": "libsqlite3-dev",
        "static": True,
        "targets": {"//:sqlite3": "sqlite3"},
    },
}
