"""From raw extracts to the statutory annual report on children's social care complaints."""
