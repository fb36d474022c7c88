// ActionRegistry: the actions of a program by their names.
//
// An action registers itself where it is defined, so that a program has those
// that are linked into it. Its library needs `alwayslink = True`, or the linker
// drops what nobody refers to:
//
//   const ActionRegistration kGreet({
//       "greet", "Greet", "greet somebody", {{"name", "string"}},
//       [] { return std::make_unique<Greet>(); }});

#ifndef DIRWATCHER_SIGNALS_ACTION_REGISTRY_H_
#define DIRWATCHER_SIGNALS_ACTION_REGISTRY_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "signals/action.h"

namespace dirwatcher {

// For the people who read the list of actions; the action itself checks.
struct ActionParameter {
  std::string name;
  std::string type;
};

struct ActionSpec {
  std::string name;         // on the command line
  std::string class_name;   // in the log
  std::string description;  // one phrase
  std::vector<ActionParameter> parameters;
  std::function<std::unique_ptr<Action>()> make;
  // Its arguments may begin with a hyphen.
  bool takes_hyphens = false;

  // "greet somebody (name: string)".
  std::string Documentation() const;
};

// Thread-compatible; the global one is complete when main() begins.
class ActionRegistry {
 public:
  // That of the program.
  static ActionRegistry& Global();

  // ALREADY_EXISTS: another action has the name.
  absl::Status Add(ActionSpec spec);

  // Null: there is none. Valid as long as the registry.
  const ActionSpec* Find(absl::string_view name) const;

  // In the order of names.
  std::vector<const ActionSpec*> All() const;

 private:
  std::map<std::string, ActionSpec, std::less<>> specs_;
};

// Adds an action to the global registry. Ends the program if its name is taken.
class ActionRegistration {
 public:
  explicit ActionRegistration(ActionSpec spec);
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_ACTION_REGISTRY_H_
