#include "notify/slack_progress.h"

#include <algorithm>

#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

bool AreNumbers(const nlohmann::json& list) {
  return list.is_array() && std::all_of(list.begin(), list.end(), [](auto& e) {
           return e.is_number_unsigned();
         });
}

bool AreStrings(const nlohmann::json& list) {
  return list.is_array() && std::all_of(list.begin(), list.end(),
                                        [](auto& e) { return e.is_string(); });
}

}  // namespace

std::string SlackProgress::ToText() const {
  return nlohmann::json{{"posted", posted},
                        {"notes", notes},
                        {"pending", pending},
                        {"late_notes", late_notes}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::optional<SlackProgress> SlackProgress::FromText(absl::string_view text) {
  const nlohmann::json json =
      nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object() || !json.contains("posted") ||
      !json["posted"].is_number_unsigned() || !json.contains("notes") ||
      !AreStrings(json["notes"]) || !json.contains("pending") ||
      !AreNumbers(json["pending"]) || !json.contains("late_notes") ||
      !AreStrings(json["late_notes"])) {
    return absl::nullopt;
  }
  SlackProgress progress;
  progress.posted = json["posted"].get<size_t>();
  progress.notes = json["notes"].get<std::vector<std::string>>();
  progress.pending = json["pending"].get<std::vector<size_t>>();
  progress.late_notes = json["late_notes"].get<std::vector<std::string>>();
  return progress;
}

}  // namespace dirwatcher
