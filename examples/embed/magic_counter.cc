#include "magic_counter.h"

#include "absl/types/variant.h"

namespace example {

void MagicCounter::OnEvent(const dirwatcher::Event& event) {
  if (const auto* match = absl::get_if<dirwatcher::LineMatched>(&event)) {
    // The strings of an event are gone after this call: what is kept is copied.
    ++counts_[std::string(match->magic)];
  } else if (absl::holds_alternative<dirwatcher::Gap>(event)) {
    ++gaps_;
  }
}

}  // namespace example
