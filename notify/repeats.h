// DecideRepeat: what becomes of a message that may be one of many alike. Pure.
//
// Messages with one key are repeats of each other. Of a storm of them one is
// sent, which says how many it stands for; the rest are counted.

#ifndef DIRWATCHER_NOTIFY_REPEATS_H_
#define DIRWATCHER_NOTIFY_REPEATS_H_

#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace dirwatcher {

struct RepeatRule {
  // Messages with the same key are repeats; empty: it is never one.
  std::string key;
  // The first is held back for so long, and takes in those that come meanwhile.
  absl::Duration group_wait = absl::ZeroDuration();
  // Those that come within this time after the last that was sent are counted,
  // not sent. Zero: none is.
  absl::Duration repeat_interval = absl::ZeroDuration();
};

// What is known of the messages with the same key.
struct RepeatState {
  // When the last of them was let go.
  absl::optional<absl::Time> last_sent;
  // One is held back, in order to take in others, until then.
  absl::optional<absl::Time> collecting_until;
  // One stands for those that were counted.
  bool has_counted = false;
};

struct RepeatDecision {
  enum Kind {
    kSend,     // at once; it takes over what was counted
    kCollect,  // it is held back until `until`; takes over what was counted
    kJoin,     // the one that is held back takes it in
    kCount,    // it is counted, and may be sent from `until` on
  };
  Kind kind;
  absl::Time until;
};

inline RepeatDecision DecideRepeat(const RepeatRule& rule,
                                   const RepeatState& state, absl::Time now) {
  if (rule.key.empty()) return {RepeatDecision::kSend, now};
  if (state.collecting_until && *state.collecting_until > now) {
    return {RepeatDecision::kJoin, *state.collecting_until};
  }
  // A clock that was set back must not hold a message for ever.
  if (state.last_sent && *state.last_sent <= now &&
      now - *state.last_sent < rule.repeat_interval) {
    return {RepeatDecision::kCount, *state.last_sent + rule.repeat_interval};
  }
  if (rule.group_wait > absl::ZeroDuration()) {
    return {RepeatDecision::kCollect, now + rule.group_wait};
  }
  return {RepeatDecision::kSend, now};
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_REPEATS_H_
