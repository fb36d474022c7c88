#include "dirwatch/event_recorder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/variant.h"

namespace dirwatcher {
namespace {

struct Describer {
  std::string operator()(const Started&) const { return "started"; }
  std::string operator()(const DirectoryMissing& e) const {
    static constexpr const char* kReasons[] = {"not found", "not a directory",
                                               "permission denied"};
    return absl::StrCat("missing ", e.dir, ": ",
                        kReasons[static_cast<int>(e.reason)]);
  }
  std::string operator()(const DirectoryFound& e) const {
    return absl::StrCat("found ", e.dir);
  }
  std::string operator()(const FileAdded& e) const {
    return absl::StrCat("added ", e.file);
  }
  std::string operator()(const FileRemoved& e) const {
    return absl::StrCat("removed ", e.file);
  }
  std::string operator()(const FileRenamed& e) const {
    return absl::StrCat("renamed ", e.from, " -> ", e.file);
  }
  std::string operator()(const FileTruncated& e) const {
    return absl::StrCat("truncated ", e.file);
  }
  std::string operator()(const LineMatched& e) const {
    return absl::StrCat(e.file, ":", e.line, "@", e.offset_bytes, " ", e.text,
                        e.cut ? " (cut)" : "");
  }
  std::string operator()(const Gap& e) const {
    return absl::StrCat("gap ", e.file, " ", e.from, "..",
                        e.to.has_value() ? absl::StrCat(*e.to) : "?", " ",
                        e.reason);
  }
  std::string operator()(const FileError& e) const {
    return absl::StrCat("error ", e.file, ": ", e.message);
  }
  std::string operator()(const DirectoryError& e) const {
    return absl::StrCat("directory error ", e.dir, ": ", e.message);
  }
  std::string operator()(const WatchDegraded& e) const {
    return absl::StrCat("degraded ", e.dir, ": ", e.message);
  }
  std::string operator()(const Stopped&) const { return "stopped"; }
};

}  // namespace

std::string DescribeEvent(const Event& event) {
  return absl::visit(Describer(), event);
}

void EventRecorder::OnEvent(const Event& event) {
  told_.push_back(DescribeEvent(event));
}

std::vector<std::string> EventRecorder::Take() {
  return std::exchange(told_, {});
}

}  // namespace dirwatcher
