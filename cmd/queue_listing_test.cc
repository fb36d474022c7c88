#include "cmd/queue_listing.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(QueueListing, SaysThatNothingWaits) {
  EXPECT_EQ(QueueListing({}, absl::UTCTimeZone()), "Nothing waits.\n");
}

TEST(QueueListing, HasALineForEachDeliveryWithoutSecrets) {
  QueuedDelivery waiting;
  waiting.subject = "a\nb";
  waiting.target = "https://hooks.example.com/T/secret";
  waiting.created = absl::FromUnixSeconds(1'700'000'000);
  waiting.next_try = waiting.created + absl::Minutes(1);
  waiting.tries = 1;
  waiting.last_error = "busy";
  QueuedDelivery counted = waiting;
  counted.state = DeliveryState::kCounted;
  counted.repeats = 12;
  const std::string listing =
      QueueListing({waiting, counted}, absl::UTCTimeZone());
  EXPECT_THAT(listing, Not(HasSubstr("secret")));
  EXPECT_EQ(listing,
            "WRITTEN              TARGET                     TRIES  "
            "WAITS FOR                               MESSAGES  SUBJECT  "
            "LAST ERROR\n"
            "2023-11-14 22:13:20  https://hooks.example.com  1      "
            "a try after 2023-11-14 22:14:20         1         a\\nb     busy\n"
            "2023-11-14 22:13:20  https://hooks.example.com  1      "
            "only counted until 2023-11-14 22:14:20  12        a\\nb     busy"
            "\n");
}

}  // namespace
}  // namespace dirwatcher
