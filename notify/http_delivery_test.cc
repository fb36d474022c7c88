#include "notify/http_delivery.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "notify/testing/scripted_http_client.h"

namespace dirwatcher {
namespace {

class HttpDeliveryTest : public testing::Test {
 protected:
  HttpOutcome Send(absl::Duration timeout = absl::Seconds(30)) {
    HttpRequest request;
    request.method = "POST";
    request.url = "https://user@example.com:8443/secret/path?token=secret";
    request.body = "body";
    return http_.Send(request, http_.DeadlineAfter(timeout));
  }

  ScriptedHttpClient client_;
  FakeClock clock_;
  std::vector<absl::Duration> waits_;
  bool program_ends_ = false;
  HttpDelivery http_{&client_, &clock_, [this](absl::Duration duration) {
                       waits_.push_back(duration);
                       if (program_ends_) return false;
                       clock_.Advance(duration);
                       return true;
                     }};
};

TEST_F(HttpDeliveryTest, DeliversWithEvery2xx) {
  for (const int status : {200, 201, 202, 204, 299}) {
    client_.Answer(status);
    EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kDelivered) << status;
  }
}

TEST_F(HttpDeliveryTest, TriesAgainAfterWhatPasses) {
  for (const int status : {408, 429, 500, 502, 503, 599}) {
    client_.Answer(status);
    const HttpOutcome outcome = Send();
    EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain) << status;
    EXPECT_EQ(outcome.response->status, status);
  }
  EXPECT_TRUE(waits_.empty());
}

TEST_F(HttpDeliveryTest, IsRefusedByTheRest) {
  for (const int status : {300, 301, 302, 308, 400, 401, 403, 404, 410, 499}) {
    client_.Answer(status, "", {{"Retry-After", "1"}});
    EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kRefused) << status;
  }
  EXPECT_TRUE(waits_.empty());
}

TEST_F(HttpDeliveryTest, NamesHostAndStatusButNothingElse) {
  client_.Answer(404, "no /secret/path");
  EXPECT_EQ(Send().result.reason, "example.com:8443 answered with status 404");
}

TEST_F(HttpDeliveryTest, TriesAgainWithoutConnection) {
  for (const absl::Status& status :
       {absl::UnavailableError("no"), absl::DeadlineExceededError("late"),
        absl::CancelledError("stop"), absl::FailedPreconditionError("curl")}) {
    client_.Fail(status);
    const HttpOutcome outcome = Send();
    EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain) << status;
    EXPECT_EQ(outcome.result.reason, status.message());
    EXPECT_FALSE(outcome.response.has_value());
  }
}

TEST_F(HttpDeliveryTest, IsRefusedWhereTheUrlCannotBeUsed) {
  client_.Fail(absl::InvalidArgumentError("no URL"));
  EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kRefused);
}

// Who answers at such length is no service that takes messages.
TEST_F(HttpDeliveryTest, IsRefusedByAnAnswerThatIsTooLong) {
  client_.Fail(absl::ResourceExhaustedError("too long"));
  EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kRefused);
}

TEST_F(HttpDeliveryTest, WaitsOutARetryAfterThatFits) {
  client_.Answer(429, "", {{"retry-after", "10"}});
  client_.Answer(503, "", {{"Retry-After", "19"}});
  EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(waits_, (std::vector<absl::Duration>{absl::Seconds(10),
                                                 absl::Seconds(19)}));
  ASSERT_EQ(client_.requests.size(), 3u);
  EXPECT_EQ(client_.requests[0].timeout, absl::Seconds(30));
  EXPECT_EQ(client_.requests[2].timeout, absl::Seconds(1));
  EXPECT_EQ(client_.requests[2].body, "body");
}

TEST_F(HttpDeliveryTest, WaitsOutADate) {
  const absl::Time later = clock_.Now() + absl::Seconds(7);
  client_.Answer(
      429, "",
      {{"Retry-After", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", later,
                                        absl::UTCTimeZone())}});
  EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(waits_, std::vector<absl::Duration>{absl::Seconds(7)});
}

TEST_F(HttpDeliveryTest, LeavesALongerRetryAfterToTheNextAttempt) {
  client_.Answer(429, "", {{"Retry-After", "30"}});
  const HttpOutcome outcome = Send(absl::Seconds(30));
  EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(outcome.result.retry_after, absl::Seconds(30));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(HttpDeliveryTest, LeavesTheRetryAfterOfOtherStatusesToTheNextAttempt) {
  client_.Answer(500, "", {{"Retry-After", "5"}});
  EXPECT_EQ(Send().result.retry_after, absl::Seconds(5));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(HttpDeliveryTest, PausesASecondWhereNoneIsAskedFor) {
  for (int i = 0; i < 10; ++i) client_.Answer(429, "", {{"Retry-After", "0"}});
  const HttpOutcome outcome = Send(absl::Seconds(3));
  EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(waits_, (std::vector<absl::Duration>(2, absl::Seconds(1))));
}

TEST_F(HttpDeliveryTest, DoesNotWaitWhereTheHeaderMakesNoSense) {
  client_.Answer(429, "", {{"Retry-After", "soon"}});
  EXPECT_EQ(Send().result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_TRUE(waits_.empty());
}

TEST_F(HttpDeliveryTest, EndsItsWaitWithTheProgram) {
  program_ends_ = true;
  client_.Answer(429, "", {{"Retry-After", "10"}});
  const HttpOutcome outcome = Send();
  EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(outcome.result.retry_after, absl::Seconds(10));
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(HttpDeliveryTest, SendsNothingOnceItsTimeIsOver) {
  const HttpOutcome outcome = Send(absl::ZeroDuration());
  EXPECT_EQ(outcome.result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_TRUE(client_.requests.empty());
}

TEST(WordsForReason, AreOneShortLineOfWholeCharacters) {
  EXPECT_EQ(WordsForReason("no_service\n"), "no_service\\n");
  std::string emoji;
  for (int i = 0; i < 60; ++i) emoji += "\xF0\x9F\x98\x80";
  EXPECT_EQ(WordsForReason(emoji), emoji.substr(0, 200) + "...");
  EXPECT_EQ(WordsForReason("x" + emoji), "x" + emoji.substr(0, 196) + "...");
}

}  // namespace
}  // namespace dirwatcher
