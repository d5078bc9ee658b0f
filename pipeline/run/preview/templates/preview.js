// Follows what the preview tells, and shows each new draft where the reader was.
const at = id => document.getElementById(id)
const frame = at('report')
let shown = null

new EventSource('events').onmessage = event => {
  const told = JSON.parse(event.data)
  document.title = at('title').textContent = told.title
  at('state').textContent = told.state
  at('told').textContent = told.problem
  at('problem').hidden = !told.problem
  if (shown !== null && told.draft !== shown) {
    const view = frame.contentWindow
    const height = view.scrollY
    frame.addEventListener('load', () => frame.contentWindow.scrollTo(0, height), {once: true})
    view.location.reload()
  }
  shown = told.draft
}
