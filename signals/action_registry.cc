#include "signals/action_registry.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dirwatcher {

std::string ActionSpec::Documentation() const {
  if (parameters.empty()) return description;
  const auto append = [](std::string* out, const ActionParameter& parameter) {
    absl::StrAppend(out, parameter.name, ": ", parameter.type);
  };
  return absl::StrCat(description, " (",
                      absl::StrJoin(parameters, ", ", append), ")");
}

ActionRegistry& ActionRegistry::Global() {
  static auto* const registry = new ActionRegistry;
  return *registry;
}

absl::Status ActionRegistry::Add(ActionSpec spec) {
  const std::string name = spec.name;
  if (!specs_.emplace(name, std::move(spec)).second) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is an action `", name, "` already"));
  }
  return absl::OkStatus();
}

const ActionSpec* ActionRegistry::Find(absl::string_view name) const {
  const auto found = specs_.find(name);
  return found == specs_.end() ? nullptr : &found->second;
}

std::vector<const ActionSpec*> ActionRegistry::All() const {
  std::vector<const ActionSpec*> all;
  for (const auto& [name, spec] : specs_) all.push_back(&spec);
  return all;
}

ActionRegistration::ActionRegistration(ActionSpec spec) {
  const absl::Status status = ActionRegistry::Global().Add(std::move(spec));
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::abort();
}

}  // namespace dirwatcher
