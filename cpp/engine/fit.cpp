// The epoch loop of training.
#include <algorithm>
#include <chrono>

#include "engine/engine.hpp"

namespace dlcore {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kReportEvery = std::chrono::milliseconds(50);

// Flops between two looks at the clock: some tens of microseconds.
constexpr double kFlopsBetweenLooks = 2e6;

}  // namespace

template <class T>
Totals Engine<T>::train(const Data<T>& data, Index batch, Hyper hyper, const double* rates, const Report& report) {
  std::lock_guard<std::mutex> lock(mutex_);
  batch = std::min(batch, std::max<Index>(data.rows, 1));
  if (!stepper_ || stepper_->batch() < batch) stepper_ = std::make_unique<Stepper<T>>(network_, batch);
  stepper_->prepare(batch);
  Totals totals;
  totals.metrics.resize(network_.metrics.size());
  const double work = 3 * flops(batch) + 1;  // forward, and two products back
  double since = 0;
  auto reported = Clock::now();
  const auto look = [&] {
    if (Clock::now() - reported < kReportEvery) return;
    report(totals);
    reported = Clock::now();
  };
  const int64_t first_step = hyper.step, gathered = network_.shaping.accumulation_steps;
  for (Index first = 0; first < data.rows; first += batch) {
    const int64_t step = first_step + totals.steps;
    hyper.learning_rate = rates[totals.steps];
    hyper.step = (step - 1) / gathered + 1;
    const Update<T> update = make_update<T>(network_.update, hyper);
    stepper_->step(data, first, std::min(batch, data.rows - first), step % gathered ? nullptr : &update, look, totals);
    taken_++;
    since += work;
    if (since > kFlopsBetweenLooks) {
      since = 0;
      look();
    }
  }
  return totals;
}

template Totals Engine<float>::train(const Data<float>&, Index, Hyper, const double*, const Report&);
template Totals Engine<double>::train(const Data<double>&, Index, Hyper, const double*, const Report&);

}  // namespace dlcore
