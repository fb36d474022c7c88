// Messages, clocks that move, handlers that fail as they like and restarts,
// against a naive account: who has got what.

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "notify/dispatcher.h"
#include "notify/message_handler.h"
#include "notify/spool.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using Pair = std::pair<std::string, std::string>;  // message id, target

// What the world does to a try.
enum class Fate { kAccept, kTryAgain, kTryMuchLater, kRefuse, kThrow, kMute };

struct Step {
  enum Kind { kAdd, kDue, kAll, kRestart, kAdvance } kind;
  int value;  // targets, as bits; or minutes

  friend std::ostream& operator<<(std::ostream& os, const Step& step) {
    static constexpr const char* kNames[] = {"add", "due", "all", "restart",
                                             "advance"};
    return os << kNames[step.kind] << " " << step.value;
  }
};

// What happened to one message for one target.
struct Account {
  bool accepted = false;
  bool refused = false;
  int failures = 0;
  absl::Time earliest;  // of the next try, when only what is due is tried
  std::string progress;
};

class World {
 public:
  explicit World(std::vector<Fate> fates) : fates_(std::move(fates)) {
    std::string name = testing::TempDir() + "/dispatch_XXXXXX";
    RC_ASSERT(mkdtemp(&name[0]) != nullptr);
    dir_ = name;
    Restart();
  }
  ~World() { fs::remove_all(dir_); }

  void Restart() {
    spool_.reset();
    auto spool = Spool::Open(dir_, clock_.Now());
    RC_ASSERT(spool.ok());
    spool_ = *std::move(spool);
  }

  void Add(int targets) {
    OutgoingMessage message;
    message.id = absl::StrCat("m", ++added_);
    std::vector<std::string> names;
    for (int bit = 0; bit < 3; ++bit) {
      if ((targets >> bit & 1) == 0) continue;
      names.push_back(absl::StrCat("t", bit));
      accounts_[{message.id, names.back()}].earliest = clock_.Now();
    }
    RC_ASSERT(spool_->Add(message, names, RepeatRule(), clock_.Now()).ok());
  }

  void Deliver(DeliverySelection::Others others) {
    only_due_ = others == DeliverySelection::kDue;
    tried_.clear();
    DispatchOptions options;
    options.random = [] { return 0.0; };  // the shortest delays
    Dispatcher dispatcher(
        options, spool_.get(),
        [this](const std::string& target) {
          return Dispatcher::Route{target,
                                   std::make_unique<Handler>(this, target)};
        },
        &clock_, &logger_);
    DeliverySelection selection;
    selection.others = others;
    const auto counts = dispatcher.Deliver(selection);
    RC_ASSERT(counts.ok());
    RC_ASSERT(violation_.empty());
  }

  void Advance(int minutes) { clock_.Advance(absl::Minutes(minutes)); }

  // From now on everything is accepted.
  void Heal() { fates_.clear(); }

  // Everybody has got everything, but for what was refused.
  void Check() {
    for (const auto& [pair, account] : accounts_) {
      RC_ASSERT(account.accepted != account.refused);
    }
    RC_ASSERT(spool_->List()->empty());
    size_t dead = 0;
    if (fs::exists(dir_ + "/dead")) {
      for (const auto& entry : fs::directory_iterator(dir_ + "/dead")) {
        dead += fs::exists(entry.path() / "message.json") ? 1U : 0U;
      }
    }
    RC_ASSERT(dead == static_cast<size_t>(std::count_if(
                          accounts_.begin(), accounts_.end(),
                          [](const auto& a) { return a.second.refused; })));
    RC_CLASSIFY(dead > 0, "some are refused");
    RC_CLASSIFY(retried_, "some are tried again");
  }

 private:
  class Handler : public MessageHandler {
   public:
    Handler(World* world, std::string target)
        : world_(*world), target_(std::move(target)) {}
    DeliveryResult Send(const OutgoingMessage& message,
                        const DeliveryAttempt& attempt) override {
      return world_.Try({message.id, target_}, attempt);
    }

   private:
    World& world_;
    const std::string target_;
  };

  Fate NextFate() {
    if (fates_.empty()) return Fate::kAccept;
    const Fate fate = fates_.back();
    fates_.pop_back();
    return fate;
  }

  // Threads of other targets may be here; what is wrong is kept for the thread
  // of the test.
  DeliveryResult Try(const Pair& pair, const DeliveryAttempt& attempt) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = accounts_.find(pair);
    if (found == accounts_.end()) return Violate("sent to a stranger");
    Account& account = found->second;
    if (account.accepted) return Violate("sent again after it was accepted");
    if (account.refused) return Violate("sent again after it was refused");
    if (attempt.progress != account.progress) return Violate("lost progress");
    if (only_due_ && clock_.Now() < account.earliest) {
      return Violate("tried before its time");
    }
    if (!tried_.insert(pair).second) return Violate("tried twice at once");
    retried_ = retried_ || account.failures > 0;

    DeliveryResult result;
    absl::Duration wait = absl::ZeroDuration();
    switch (NextFate()) {
      case Fate::kAccept:
        account.accepted = true;
        return DeliveryResult::Delivered();
      case Fate::kRefuse:
        account.refused = true;
        return DeliveryResult::Refused("no such user");
      case Fate::kTryAgain:
        account.progress += "+";
        attempt.save_progress(account.progress);
        result = DeliveryResult::TryAgain("busy");
        break;
      case Fate::kTryMuchLater:
        wait = absl::Hours(5);
        result = DeliveryResult::TryAgain("too many");
        result.retry_after = wait;
        break;
      case Fate::kMute:
        result = DeliveryResult::NotConfigured("url is not set");
        break;
      case Fate::kThrow:
        Fail(&account, wait);
        throw std::runtime_error("handler");
    }
    Fail(&account, wait);
    return result;
  }

  void Fail(Account* account, absl::Duration wait) {
    const int minutes = std::min(60, 1 << std::min(account->failures, 6));
    ++account->failures;
    account->earliest =
        clock_.Now() + std::max(wait, absl::Minutes(minutes) * 0.8);
  }

  DeliveryResult Violate(const char* what) {
    violation_ = what;
    return DeliveryResult::Refused(what);
  }

  std::string dir_;
  FakeClock clock_;
  FakeLogger logger_;
  std::unique_ptr<Spool> spool_;
  int added_ = 0;
  bool only_due_ = false;
  bool retried_ = false;
  std::mutex mutex_;         // guards what is below while deliveries are made
  std::vector<Fate> fates_;  // the next at the end
  std::map<Pair, Account> accounts_;
  std::set<Pair> tried_;  // in this delivery
  std::string violation_;
};

rc::Gen<Step> AnyStep() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::weightedElement<Step::Kind>({{4, Step::kAdd},
                                                          {4, Step::kDue},
                                                          {1, Step::kAll},
                                                          {1, Step::kRestart},
                                                          {4, Step::kAdvance}}),
                    rc::gen::inRange(1, 8)),
      [](const std::pair<Step::Kind, int>& pair) {
        return Step{pair.first, pair.second};
      });
}

rc::Gen<Fate> AnyFate() {
  return rc::gen::weightedElement<Fate>({{4, Fate::kAccept},
                                         {4, Fate::kTryAgain},
                                         {1, Fate::kTryMuchLater},
                                         {1, Fate::kRefuse},
                                         {1, Fate::kThrow},
                                         {1, Fate::kMute}});
}

RC_GTEST_PROP(Dispatcher, TellsEveryTargetOnceWhateverHandlersAndClocksDo, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(AnyStep());
  const auto fates = *rc::gen::container<std::vector<Fate>>(AnyFate());
  World world(fates);
  for (const Step& step : steps) {
    switch (step.kind) {
      case Step::kAdd:
        world.Add(step.value);
        break;
      case Step::kDue:
        world.Deliver(DeliverySelection::kDue);
        break;
      case Step::kAll:
        world.Deliver(DeliverySelection::kAll);
        break;
      case Step::kRestart:
        world.Restart();
        break;
      case Step::kAdvance:
        world.Advance(step.value * step.value);
        break;
    }
  }
  world.Heal();
  world.Advance(6 * 60);
  world.Deliver(DeliverySelection::kDue);
  world.Check();
}

}  // namespace
}  // namespace dirwatcher
