#include "notify/email_progress.h"

#include "nlohmann/json.hpp"

namespace dirwatcher {

std::string EmailProgress::ToText() const {
  return nlohmann::json{{"delivered", is_delivered}, {"left", left}}.dump();
}

absl::optional<EmailProgress> EmailProgress::FromText(absl::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(
      text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::nullopt;
  const auto delivered = json.find("delivered");
  const auto left = json.find("left");
  if (delivered == json.end() || !delivered->is_boolean() ||
      left == json.end() || !left->is_array()) {
    return absl::nullopt;
  }
  EmailProgress progress;
  progress.is_delivered = delivered->get<bool>();
  for (const nlohmann::json& address : *left) {
    if (!address.is_string()) return absl::nullopt;
    progress.left.push_back(address.get<std::string>());
  }
  return progress;
}

}  // namespace dirwatcher
