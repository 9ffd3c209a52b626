// The engine: the same bits whatever the threads and the instruction set, fused or kernel by kernel; it learns.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#include "check.hpp"
#include "gradients.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"
#include "runtime/threads.hpp"
#include "small_network.hpp"

namespace dlcore {
namespace {

// What the trainings below come to on every processor with fma, AVX2, AVX-512 and NEON alike. Another number is right
// only where the arithmetic was meant to change.
constexpr uint64_t kBits = 0x452b08b02d4fa929, kNormalizedBits = 0xafd644d82963e07b;

// FNV-1a over the bits.
uint64_t hash(const std::vector<std::vector<float>>& arrays, uint64_t before) {
  for (const std::vector<float>& array : arrays)
    for (const float value : array) {
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      before = (before ^ bits) * 0x100000001b3;
    }
  return before;
}

std::vector<std::vector<float>> trained(Model<float> model, Index batch) {
  Problem problem(1500, 20, 4, batch);
  Engine<float> engine(model.network);
  Hyper hyper = kHyper;
  for (int epoch = 0; epoch < 2; epoch++) {
    engine.train(problem.data(), batch, hyper, problem.rates.data(), quiet);
    hyper.step += static_cast<int64_t>(problem.rates.size());
  }
  return model.arrays;
}

// Trains what `make` makes of an activation, with all that must change nothing, and compares the bits.
template <class Make>
void check_bits(uint64_t expected, const Make& make) {
  uint64_t found = 0;
  bool fused = false;
  for (Activation activation : {Activation::relu, Activation::tanh, Activation::gelu, Activation::softmax}) {
    for (Index batch : {7, 64, 700}) {
      std::vector<std::vector<float>> first;
      for (const std::string& target : available_targets()) {
        if (target == "x86_64_v2") continue;  // no fma, so other bits
        force_target(target);
        for (int threads : {1, 2, 3, 8}) {
          set_num_threads(threads);
          const auto arrays = trained(make(activation), batch);
          if (first.empty()) first = arrays;
          CHECK(arrays == first);
        }
      }
      fused = !first.empty();
      found = hash(first, found);
    }
  }
  CHECK(!fused || found == expected);
  if (fused && found != expected) std::printf("the bits are 0x%016llx\n", static_cast<unsigned long long>(found));
  set_num_threads(2);
}

TEST(same_bits_whatever_threads_and_instruction_set) {
  check_bits(kBits, [](Activation activation) { return Model<float>({20, 70, 33, 4}, activation, UpdateKind::adam); });
}

TEST(same_bits_of_normalizations) {
  check_bits(kNormalizedBits, [](Activation activation) {
    using Kind = Normalization<float>;
    Model<float> model({20, 70, 33, 4}, Activation::linear, UpdateKind::adam);
    model.normalize(2, Kind::batch, Activation::linear);
    model.normalize(2, Kind::layer, activation);
    model.normalize(1, Kind::batch, activation);
    model.normalize(0, Kind::layer, Activation::linear);
    return model;
  });
}

// The fused step is what the kernels give one after another: all gradients first, then the updates.
TEST(fused_step_equals_kernel_by_kernel) {
  for (const std::string& target : available_targets()) {
    force_target(target);
    for (UpdateKind update : {UpdateKind::sgd, UpdateKind::nesterov, UpdateKind::adam_amsgrad, UpdateKind::nadam}) {
      const Index rows = 600;
      Model<float> fused({20, 40, 4}, Activation::tanh, update), plain({20, 40, 4}, Activation::tanh, update);
      Problem problem(rows, 20, 4, rows);
      Data<float> data = problem.data();
      data.order = nullptr;
      Engine<float>(fused.network).train(data, rows, kHyper, problem.rates.data(), quiet);

      const Kernels<float>& kernel = kernels<float>();
      const Layer<float>&one = plain.network.layers[0], &two = plain.network.layers[1];
      std::vector<float> h(rows * 40), z(rows * 4), dz(rows * 4), dh(rows * 40), values(rows);
      std::vector<float> dw2(160), db2(4), dw1(800), db1(40);
      const Matrix<const float> x{problem.x.data(), 20};
      kernel.dense(rows, 20, 40, x, {one.w.p.data, 40}, one.b.p.data, {Activation::tanh, 0}, {nullptr, 0},
                   {h.data(), 40}, scratch<float>());
      kernel.dense(rows, 40, 4, {h.data(), 40}, {two.w.p.data, 4}, two.b.p.data, {Activation::linear, 0}, {nullptr, 0},
                   {z.data(), 4}, scratch<float>());
      kernel.loss(plain.network.loss, rows, 4, {nullptr, 0}, problem.labels.data(), {z.data(), 4}, nullptr, 0,
                  static_cast<float>(1.0 / rows), values.data(), {dz.data(), 4});
      kernel.input_gradient(rows, 40, 4, {dz.data(), 4}, {two.w.p.data, 4}, {Activation::linear, 0}, {nullptr, 0},
                            {nullptr, 0}, {dh.data(), 40}, scratch<float>());
      kernel.activation_gradient(rows, 40, {Activation::tanh, 0}, {dh.data(), 40}, {nullptr, 0}, {h.data(), 40},
                                 {dh.data(), 40});
      gradients(rows, 40, 4, h.data(), dz.data(), dw2.data(), db2.data());
      gradients(rows, 20, 40, problem.x.data(), dh.data(), dw1.data(), db1.data());
      const Update<float> numbers = make_update<float>(update, kHyper);
      const auto step = [&](const Parameter<float>& p, const std::vector<float>& g) {
        kernel.update(static_cast<Index>(g.size()), numbers, p.p.data, g.data(), p.slots);
      };
      step(one.w, dw1), step(one.b, db1), step(two.w, dw2), step(two.b, db2);
      CHECK(fused.arrays == plain.arrays);
    }
  }
}

TEST(it_learns) {
  for (const std::string& target : available_targets()) {
    force_target(target);
    Model<float> model({20, 70, 4}, Activation::relu, UpdateKind::adam);
    Problem problem(1500, 20, 4, 32);
    Engine<float> engine(model.network);
    Hyper hyper = kHyper;
    Totals totals;
    for (int epoch = 0; epoch < 30; epoch++) {
      totals = engine.train(problem.data(), 32, hyper, problem.rates.data(), quiet);
      hyper.step += static_cast<int64_t>(problem.rates.size());
    }
    CHECK(totals.rows == 1500 && totals.steps == 47);
    CHECK(totals.metrics[0] / 1500 > 0.95);
    Data<float> data = problem.data();
    data.order = nullptr;
    const Totals seen = engine.evaluate(data, 32, quiet);
    CHECK(seen.metrics[0] / 1500 > 0.95);
    CHECK(seen.loss / 1500 < 0.2);

    std::vector<float> all(1500 * 4), one(4);
    engine.predict(1500, data.x, {all.data(), 4}, quiet);
    for (Index row : {0, 1, 95, 96, 777, 1499}) {
      engine.predict(1, {data.x.row(row), data.x.ld}, {one.data(), 4}, quiet);
      CHECK(std::equal(one.begin(), one.end(), all.begin() + row * 4));
    }
  }
}

// An epoch whose report throws ends between two steps, and the engine works on.
TEST(a_report_may_stop_the_epoch) {
  Model<float> model({200, 300, 4}, Activation::relu, UpdateKind::sgd);
  Problem problem(40000, 200, 4, 32);
  Engine<float> engine(model.network);
  bool stopped = false;
  try {
    for (int epoch = 0; epoch < 50; epoch++)
      engine.train(problem.data(), 32, kHyper, problem.rates.data(), [](const Totals&) { throw 1; });
  } catch (int) {
    stopped = true;
  }
  CHECK(stopped);
  std::vector<float> out(4);
  engine.predict(1, problem.data().x, {out.data(), 4}, quiet);
  CHECK(std::isfinite(out[0]));
}

}  // namespace
}  // namespace dlcore

int main(int count, char** arguments) { return check::run(count > 1 ? arguments[1] : ""); }
