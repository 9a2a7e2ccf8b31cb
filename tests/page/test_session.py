"""The live page's work in Node: what is asked for, what is shown, what comes back by undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from test_modules import run

# Views that only keep what they are told, and a server that answers as the test says.
BEGIN = """
  const asked = [], told = [], shows = [];
  let scene = null;
  const trained = async (_, onEvent) => onEvent({ event: "trained", payload: payload() });
  let answers = trained;
  const payload = (more = {}) => ({ plane: { origin: null }, window: [[0, 1], [0, 1]], seconds: 0.1,
    ending: "finished", history: { epoch: [1, 2] }, shown: 2, ...more });
  const views = {
    state: { edits: [], off: new Set() },
    scene: () => scene,
    play: { atEnd: () => true, seek: (epoch) => told.push(`seek ${epoch}`) },
    show(given) { scene = { payload: given }; shows.push({ ...given, hand: hand() }); },
    change(parts) { Object.assign(this.state, parts); },
    changes: () => views.state.edits,
    restore({ edits = [], off = [] }) { this.change({ edits, off: new Set(off) }); },
    shown: () => ({ epoch: 2 }),
  };
  const hand = () => [views.state.edits.length, [...views.state.off]];
  const recipe = (seed, data = { source: "blobs" }) => ({ data, settings: { seed } });
  const usual = recipe(1234);
  const work = m.session({
    views, usual, changed() {},
    status: (news) => told.push(news.error?.message ?? news.text),
    ask(request, onEvent) { asked.push(request); return answers(request, onEvent); },
  });
  const settle = () => new Promise((done) => setTimeout(done, 5));
  const edit = (what, parts) => { work.note(what); views.change(parts); };
"""


def session(folder: Path, script: str) -> Any:
    return run(folder, "session", BEGIN + script)


def test_changes_by_hand_are_steps(tmp_path: Path) -> None:
    """What is typed into one field is one step; undo of it trains nothing."""
    found = session(
        tmp_path,
        """work.begin(recipe(1), {}); await settle();
        edit("weight 0 0 0", { edits: [[0, 0, 0, 1]] });
        edit("weight 0 0 0", { edits: [[0, 0, 0, 12]] });
        edit("switch L1.0 true", { off: new Set(["L1.0"]) });
        const seen = [hand()];
        for (const way of ["undo", "undo", "redo", "redo", "undo"]) {
          work[way]();
          seen.push(hand());
        }
        return { seen, asked: asked.length, undo: work.canUndo(), redo: work.canRedo() };""",
    )
    off = ["L1.0"]
    assert found["seen"] == [[1, off], [1, []], [0, []], [1, []], [1, off], [1, []]]
    assert found == {"seen": found["seen"], "asked": 1, "undo": True, "redo": True}


def test_a_new_training_begins_without_them_and_undo_brings_them_back(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        """work.begin(recipe(1), {}); await settle();
        edit("weight", { edits: [[0, 0, 0, 1]] });
        edit("switch", { off: new Set(["L1.1"]) });
        work.change(recipe(2), { fresh: false }); await settle();
        const after = hand();
        work.undo(); await settle();
        const back = [work.recipe().settings.seed, ...hand()];
        work.redo(); await settle();
        return { after, back, again: hand(), shows: shows.map((each) => each.hand) };""",
    )
    assert found["after"] == found["again"] == [0, []]
    assert found["back"] == [1, 1, ["L1.1"]]
    assert found["shows"] == [[0, []], [0, []], [1, ["L1.1"]], [0, []]]


def test_an_address_brings_them_too(tmp_path: Path) -> None:
    script = """work.begin(recipe(1), { edits: [[0, 0, 0, 1]], off: ["L1.0"], epoch: 1 });
        await settle();
        return [shows[0].hand, told]"""
    shown, told = session(tmp_path, script)
    assert shown == [1, ["L1.0"]]
    assert told == ["seek 1", "trained in 100 ms."]


def test_what_is_refused_leaves_all_as_it_was(tmp_path: Path) -> None:
    """Pictures of a training that then diverged, too; steps before it are kept."""
    found = session(
        tmp_path,
        """work.begin(recipe(1), {}); await settle();
        work.change(recipe(2), { fresh: false }); await settle();
        edit("switch", { off: new Set(["L1.0"]) });
        answers = async (request, onEvent) => {
          onEvent({ event: "progress", epoch: 1, epochs: 2, payload: payload() });
          await settle();
          onEvent({ event: "error", message: "No." });
        };
        work.change(recipe(3), { fresh: false });
        for (let wait = 0; wait < 5; wait += 1) await settle();
        const seed = work.recipe().settings.seed;
        const steps = [];
        answers = trained;
        while (work.canUndo()) {
          work.undo();
          await settle();
          steps.push([work.recipe().settings.seed, ...hand()]);
        }
        return { seed, steps, told: told.slice(0, 4), shows: shows.slice(2, 4) };""",
    )
    assert found["seed"] == 2
    assert found["told"][-1] == "No. The page is as it was before."
    partial, again = found["shows"]
    assert partial["partial"] is True
    assert partial["hand"] == [0, []]
    assert "partial" not in again
    assert again["hand"] == [0, ["L1.0"]]
    assert found["steps"] == [[2, 0, []], [1, 0, []]]


def test_a_link_that_is_refused_begins_as_without(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        """answers = async (request, onEvent) => onEvent(request.recipe === usual
          ? { event: "trained", payload: payload() } : { event: "error", message: "No." });
        work.begin(recipe(7), { off: ["L1.0"] }); await settle(); await settle();
        return [work.recipe().settings.seed, told, shows[0].hand];""",
    )
    assert found == [1234, ["No.", "trained in 100 ms."], [0, []]]


def test_a_link_of_too_few_points_begins_as_without(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        """work.begin(recipe(1, { source: "own", X: "", y: [] }), {}); await settle();
        return [work.recipe().settings.seed, told[0]];""",
    )
    words = "The link's points are too few to learn from; the default is used."
    assert found == [1234, words]


def test_pictures_do_not_queue_up(tmp_path: Path) -> None:
    """A page that draws slowly leaves pictures out, and shows the end at once."""
    found = session(
        tmp_path,
        """const show = views.show;
        views.show = (given) => {
          const until = performance.now() + 30;
          while (performance.now() < until);
          show(given);
        };
        answers = async (request, onEvent) => {
          for (let epoch = 1; epoch <= 40; epoch += 1) {
            onEvent({ event: "progress", epoch, epochs: 40, payload: payload({ shown: epoch }) });
            await settle();
          }
          onEvent({ event: "trained", payload: payload({ shown: 40 }) });
        };
        const started = performance.now();
        work.begin(recipe(1), {});
        while (!told.at(-1)?.startsWith("trained")) await settle();
        return [performance.now() - started, shows.map((each) => [each.shown, !!each.partial])];""",
    )
    seconds, shows = found
    assert 2 <= len(shows) <= 12
    assert seconds < 40 * 30
    assert shows[-1] == [40, False]
    # Each picture is of the newest epoch that had come.
    partial = [epoch for epoch, _ in shows[:-1]]
    assert partial == sorted(set(partial))


def test_what_was_stopped_is_trained_anew(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        """
        answers = async (request, onEvent) => {
          const ending = request.anew ? "finished" : "interrupted";
          onEvent({ event: "trained", payload: payload({ ending }) });
        };
        work.begin(recipe(1), {}); await settle();
        work.again(); await settle();
        return [asked.map((each) => each.anew), told, work.canUndo()];""",
    )
    anew, told, undo = found
    assert anew == [False, True]
    assert told == ["trained in 100 ms. Stopped after epoch 2.", "trained in 100 ms."]
    assert undo is False
