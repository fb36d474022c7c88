// A storm of messages of one key against a naive account of when one may be
// sent and for how many it stands.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "notify/repeats.h"
#include "notify/spool.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

OutgoingMessage MessageNumber(int number) {
  OutgoingMessage message;
  message.id = "message-" + std::to_string(number);
  message.subject = message.id;
  message.time = kStart;
  return message;
}

// How many messages the texts of all that were let go stand for.
int64_t SentCount(Spool* spool) {
  int64_t count = 0;
  const auto list = *spool->List();
  for (const QueuedDelivery& each : list) {
    if (each.state == DeliveryState::kReady) count += each.repeats;
  }
  return count;
}

RC_GTEST_PROP(Repeats, AreSentOnceAnIntervalAndEachIsCountedOnce, ()) {
  const auto interval = absl::Seconds(*rc::gen::inRange(0, 20));
  const auto steps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8))
           .as("seconds between messages");
  const std::unique_ptr<Spool> spool = *Spool::OpenInMemory();
  RepeatRule rule;
  rule.key = "job: exit 1";
  rule.repeat_interval = interval;

  absl::Time now = kStart;
  absl::Time last_sent = absl::InfinitePast();
  int64_t counted = 0;  // since then
  int number = 0;
  for (const int seconds : steps) {
    now += absl::Seconds(seconds);
    const auto added = spool->Add(MessageNumber(++number), {"t"}, rule, now);
    RC_ASSERT(added.ok());
    if (now - last_sent < interval) {
      ++counted;
      RC_ASSERT(added->decision.kind == RepeatDecision::kCount);
      RC_ASSERT(added->decision.until == last_sent + interval);
    } else {
      RC_ASSERT(added->decision.kind == RepeatDecision::kSend);
      const auto list = *spool->List();
      RC_ASSERT(list.back().message == added->message);
      RC_ASSERT(list.back().repeats == counted + 1);
      counted = 0;
      last_sent = now;
    }
    RC_ASSERT(SentCount(spool.get()) + counted == number);
  }
  RC_CLASSIFY(counted > 0, "some are counted at the end");

  // What is counted goes out when its time has come, and not before.
  RC_ASSERT(
      spool->ReleaseExpired(last_sent + interval - absl::Seconds(1)).ok());
  RC_ASSERT(SentCount(spool.get()) == number - counted);
  RC_ASSERT(spool->ReleaseExpired(last_sent + interval).ok());
  RC_ASSERT(SentCount(spool.get()) == number);
}

RC_GTEST_PROP(Repeats, OfAWaitAreSentTogether, ()) {
  const auto wait = absl::Seconds(*rc::gen::inRange(1, 10));
  const auto steps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  const std::unique_ptr<Spool> spool = *Spool::OpenInMemory();
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = wait;

  absl::Time now = kStart;
  absl::Time collecting_until = absl::InfinitePast();
  int number = 0;
  int64_t message = 0;
  int64_t count = 0;
  for (const int seconds : steps) {
    now += absl::Seconds(seconds);
    const auto added = *spool->Add(MessageNumber(++number), {"t"}, rule, now);
    if (now < collecting_until) {
      RC_ASSERT(added.decision.kind == RepeatDecision::kJoin);
      RC_ASSERT(added.message == message);
      ++count;
    } else {
      RC_ASSERT(added.decision.kind == RepeatDecision::kCollect);
      message = added.message;
      count = 1;
      collecting_until = now + wait;
    }
    RC_ASSERT(spool->List()->back().repeats == count);
    RC_CLASSIFY(count > 1, "some are taken in");
  }
}

TEST(Repeats, OfAClockThatWasSetBackAreSent) {
  RepeatRule rule;
  rule.key = "k";
  rule.repeat_interval = absl::Hours(1);
  RepeatState state;
  state.last_sent = kStart + absl::Hours(100);
  EXPECT_EQ(DecideRepeat(rule, state, kStart).kind, RepeatDecision::kSend);
}

TEST(Repeats, AreNoneWithoutAKey) {
  RepeatRule rule;
  rule.repeat_interval = absl::Hours(1);
  RepeatState state;
  state.last_sent = kStart;
  EXPECT_EQ(DecideRepeat(rule, state, kStart).kind, RepeatDecision::kSend);
}

}  // namespace
}  // namespace dirwatcher
