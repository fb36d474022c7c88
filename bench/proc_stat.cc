#include "bench/proc_stat.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace dirwatcher {
namespace {

// Of the fields behind the name of the program, which may hold spaces itself.
constexpr size_t kUserTicksField = 11;
constexpr size_t kSystemTicksField = 12;

std::string ReadProc(pid_t pid, absl::string_view file) {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat("/proc/", pid, "/", file)).rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<int64_t> ParseCpuTicks(absl::string_view stat) {
  const size_t name_end = stat.rfind(") ");
  if (name_end != absl::string_view::npos) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(stat.substr(name_end + 2), ' ');
    int64_t user = 0;
    int64_t system = 0;
    if (fields.size() > kSystemTicksField &&
        absl::SimpleAtoi(fields[kUserTicksField], &user) &&
        absl::SimpleAtoi(fields[kSystemTicksField], &system)) {
      return user + system;
    }
  }
  return absl::InternalError("no processor time in /proc");
}

absl::StatusOr<int64_t> ParseResidentBytes(absl::string_view status) {
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    int64_t kib = 0;
    if (absl::ConsumePrefix(&line, "VmRSS:") &&
        absl::ConsumeSuffix(&line, "kB") && absl::SimpleAtoi(line, &kib)) {
      return kib * 1024;
    }
  }
  return absl::InternalError("no VmRSS in /proc");
}

absl::StatusOr<absl::Duration> CpuTimeOf(pid_t pid) {
  const absl::StatusOr<int64_t> ticks = ParseCpuTicks(ReadProc(pid, "stat"));
  if (!ticks.ok()) return ticks.status();
  return absl::Seconds(1) * *ticks / sysconf(_SC_CLK_TCK);
}

absl::StatusOr<int64_t> ResidentBytesOf(pid_t pid) {
  return ParseResidentBytes(ReadProc(pid, "status"));
}

}  // namespace dirwatcher
