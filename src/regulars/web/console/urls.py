"""The desk's pages."""

from django.urls import path

from regulars.web.console import audit, chain, home, org, staff, users

urlpatterns = [
    path("", home.show, name="home"),
    path("switch/", home.switch_role, name="switch_role"),
    path("users/", users.show_all, name="users"),
    path("users/new/", users.create, name="user_new"),
    path("users/<int:user_id>/", users.show, name="user"),
    path("users/<int:user_id>/deactivate/", users.deactivate, name="user_deactivate"),
    path("users/<int:user_id>/activate/", users.activate, name="user_activate"),
    path("users/<int:user_id>/password/", users.set_password, name="user_password"),
    path("users/<int:user_id>/token/", users.issue_token, name="user_token"),
    path("org/", org.show, name="org"),
    path("org/<path:code>/add/", org.add, name="org_add"),
    path("org/<path:code>/rename/", org.rename, name="org_rename"),
    path("org/<path:code>/move/", org.move, name="org_move"),
    path("org/<path:code>/close/", org.close, name="org_close"),
    path("org/<path:code>/", org.show, name="org_node"),
    path("staff/", staff.show_all, name="staff"),
    path("staff/<path:code>/assign/", staff.assign, name="staff_assign"),
    path("staff/<path:code>/end/", staff.end, name="staff_end"),
    path("staff/<path:code>/", staff.show, name="staff_member"),
    path("audit/", audit.show, name="audit"),
    path("chain/", chain.show, name="chain"),
]
