#include "signals/action.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kClosedUrl = "dirwatcher/action-closed";

}  // namespace

std::string ExpandArgument(absl::string_view argument,
                           const ActionCause& cause) {
  std::string result;
  while (!argument.empty()) {
    size_t consumed = 0;
    for (const auto& [key, value] : cause.values) {
      const std::string placeholder = absl::StrCat("{", key, "}");
      if (argument.substr(0, placeholder.size()) == placeholder) {
        result += value;
        consumed = placeholder.size();
        break;
      }
    }
    if (consumed == 0) {
      result.push_back(argument.front());
      consumed = 1;
    }
    argument.remove_prefix(consumed);
  }
  return result;
}

absl::Status ActionClosed(absl::string_view reason) {
  absl::Status status = absl::CancelledError(reason);
  status.SetPayload(kClosedUrl, absl::Cord());
  return status;
}

bool IsActionClosed(const absl::Status& status) {
  return status.GetPayload(kClosedUrl).has_value();
}

absl::Status ArgumentCountError(size_t wanted,
                                absl::Span<const std::string> arguments) {
  return absl::InvalidArgumentError(
      absl::StrCat("takes ", wanted, wanted == 1 ? " argument" : " arguments",
                   ", not ", arguments.size()));
}

}  // namespace dirwatcher
