// Shows each state that the preview sends, and reloads each new draft where the reader was.
const byId = id => document.getElementById(id)
const frame = byId('report')
let shownDraft = null

new EventSource('events').onmessage = event => {
  const state = JSON.parse(event.data)
  document.title = byId('title').textContent = state.title
  byId('state').textContent = state.state
  byId('problem-text').textContent = state.problem
  byId('problem').hidden = !state.problem
  if (shownDraft !== null && state.draft !== shownDraft) {
    const view = frame.contentWindow
    const height = view.scrollY
    frame.addEventListener('load', () => frame.contentWindow.scrollTo(0, height), {once: true})
    view.location.reload()
  }
  shownDraft = state.draft
}
